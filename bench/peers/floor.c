/*
 * The least that JPEG previews cost with libjpeg-turbo: decoding at the smallest fraction of the size that is large enough for
 * the largest preview, and encoding as many pixels as the previews have, cut out instead of resized.
 *
 * Arguments: FILE OUTPUT BOXES. Speaks with the benchmark in lines, as every worker does: see worker-process.ts.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jpeglib.h>

#define MAX_BOXES 20

typedef struct {
  int width, height;
} Size;

static unsigned char *source;
static unsigned long source_bytes;
static Size boxes[MAX_BOXES];
static int box_count;

static void fail(const char *message) {
  printf("{\"error\":\"%s\"}\n", message);
  exit(0);
}

static void fail_decoding(j_common_ptr decoder) {
  (void)decoder;
  fail("libjpeg cannot decode the file");
}

static double clock_ms(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static Size inside(Size original, Size box) {
  double scale = (double)box.width / original.width, vertical = (double)box.height / original.height;
  if (vertical < scale) scale = vertical;
  if (scale > 1) scale = 1;
  Size preview = {(int)(original.width * scale + 0.5), (int)(original.height * scale + 0.5)};
  return preview;
}

static unsigned char *decode(Size *original, Size *decoded) {
  struct jpeg_decompress_struct decoder;
  struct jpeg_error_mgr errors;
  decoder.err = jpeg_std_error(&errors);
  errors.error_exit = fail_decoding;
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, source, source_bytes);
  jpeg_read_header(&decoder, TRUE);
  if (decoder.num_components != 3) fail("the floor is defined for three channels");
  original->width = decoder.image_width;
  original->height = decoder.image_height;

  int wanted = 0;
  for (int i = 0; i < box_count; i++) {
    int width = inside(*original, boxes[i]).width;
    if (width > wanted) wanted = width;
  }
  decoder.scale_num = 1;
  decoder.scale_denom = 8;
  while (decoder.scale_denom > 1 && original->width / (int)decoder.scale_denom < wanted) decoder.scale_denom /= 2;
  jpeg_start_decompress(&decoder);
  decoded->width = decoder.output_width;
  decoded->height = decoder.output_height;
  size_t stride = (size_t)decoded->width * 3;
  unsigned char *pixels = malloc(stride * decoded->height);
  while (decoder.output_scanline < decoder.output_height) {
    unsigned char *row = pixels + stride * decoder.output_scanline;
    jpeg_read_scanlines(&decoder, &row, 1);
  }
  jpeg_finish_decompress(&decoder);
  jpeg_destroy_decompress(&decoder);
  return pixels;
}

static unsigned long encode(unsigned char *pixels, size_t stride, Size preview) {
  struct jpeg_compress_struct encoder;
  struct jpeg_error_mgr errors;
  unsigned char *body = NULL;
  unsigned long bytes = 0;
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  jpeg_mem_dest(&encoder, &body, &bytes);
  encoder.image_width = preview.width;
  encoder.image_height = preview.height;
  encoder.input_components = 3;
  encoder.in_color_space = JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, 85, TRUE);
  encoder.optimize_coding = OPTIMIZE_CODING;
  jpeg_start_compress(&encoder, TRUE);
  while (encoder.next_scanline < encoder.image_height) {
    unsigned char *row = pixels + stride * encoder.next_scanline;
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  free(body);
  return bytes;
}

static unsigned long render(void) {
  Size original, decoded;
  unsigned char *pixels = decode(&original, &decoded);
  unsigned long bytes = 0;
  for (int i = 0; i < box_count; i++) bytes += encode(pixels, (size_t)decoded.width * 3, inside(original, boxes[i]));
  free(pixels);
  return bytes;
}

static void run(int iterations) {
  double cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID), wall = clock_ms(CLOCK_MONOTONIC);
  unsigned long bytes = 0;
  for (int i = 0; i < iterations; i++) bytes = render();
  cpu = clock_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  wall = clock_ms(CLOCK_MONOTONIC) - wall;
  printf("{\"cpuMs\":%f,\"wallMs\":%f,\"bytes\":%lu}\n", cpu / iterations, wall / iterations, bytes);
}

static void read_boxes(char *text) {
  for (char *box = strtok(text, ","); box && box_count < MAX_BOXES; box = strtok(NULL, ","), box_count++)
    sscanf(box, "%dx%d", &boxes[box_count].width, &boxes[box_count].height);
}

static void read_source(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) fail("the file cannot be opened");
  fseek(file, 0, SEEK_END);
  source_bytes = ftell(file);
  rewind(file);
  source = malloc(source_bytes);
  if (fread(source, 1, source_bytes, file) != source_bytes) fail("the file cannot be read");
  fclose(file);
}

int main(int count, char **arguments) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (count != 4 || strcmp(arguments[2], "jpeg") != 0) fail("the floor is defined for JPEG");
  read_source(arguments[1]);
  read_boxes(arguments[3]);
  render();
  puts("{}");
  char line[4096];
  while (fgets(line, sizeof line, stdin)) {
    if (strncmp(line, "run ", 4) == 0)
      run(atoi(line + 4));
    else
      puts("{\"error\":\"the floor resizes nothing\"}");
  }
  return 0;
}
