// The system that this project replaces, as its Go handler works: the whole image decoded, and every preview resized from it
// with Lanczos. PNG stays PNG, everything else becomes JPEG.
//
// Arguments: FILE OUTPUT BOXES. Speaks with the benchmark in lines, as every worker does: see worker-process.ts.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	_ "image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/disintegration/imaging"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
)

type box struct{ width, height int }

func render(source []byte, output string, boxes []box) ([][]byte, error) {
	img, _, err := image.Decode(bytes.NewReader(source))
	if err != nil {
		return nil, err
	}
	previews := make([][]byte, len(boxes))
	for index, size := range boxes {
		resized := imaging.Fit(img, size.width, size.height, imaging.Lanczos)
		var body bytes.Buffer
		if output == "png" {
			err = png.Encode(&body, resized)
		} else {
			err = jpeg.Encode(&body, resized, &jpeg.Options{Quality: 85})
		}
		if err != nil {
			return nil, err
		}
		previews[index] = body.Bytes()
	}
	return previews, nil
}

func cpuMs() float64 {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return float64(used.Utime.Sec+used.Stime.Sec)*1e3 + float64(used.Utime.Usec+used.Stime.Usec)/1e3
}

func run(iterations int, work func() [][]byte) {
	size := 0
	started := time.Now()
	before := cpuMs()
	for i := 0; i < iterations; i++ {
		size = 0
		for _, body := range work() {
			size += len(body)
		}
	}
	after := cpuMs()
	wallMs := time.Since(started).Seconds() * 1e3
	count := float64(iterations)
	fmt.Printf("{\"cpuMs\":%f,\"wallMs\":%f,\"bytes\":%d}\n", (after-before)/count, wallMs/count, size)
}

func write(directory string, previews [][]byte) {
	for index, body := range previews {
		check(os.WriteFile(filepath.Join(directory, strconv.Itoa(index)), body, 0o644))
	}
	fmt.Println("{}")
}

func check(err error) {
	if err != nil {
		fmt.Printf("{\"error\":%q}\n", err.Error())
		os.Exit(0)
	}
}

func parseBoxes(text string) []box {
	var boxes []box
	for _, part := range strings.Split(text, ",") {
		var size box
		_, err := fmt.Sscanf(part, "%dx%d", &size.width, &size.height)
		check(err)
		boxes = append(boxes, size)
	}
	return boxes
}

func main() {
	source, err := os.ReadFile(os.Args[1])
	check(err)
	output, boxes := os.Args[2], parseBoxes(os.Args[3])
	work := func() [][]byte {
		previews, err := render(source, output, boxes)
		check(err)
		return previews
	}
	work()
	fmt.Println("{}")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		verb, argument, _ := strings.Cut(lines.Text(), " ")
		if verb == "run" {
			iterations, err := strconv.Atoi(argument)
			check(err)
			run(iterations, work)
		} else {
			write(argument, work())
		}
	}
}
