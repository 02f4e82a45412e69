import { IMAGE_CLASSES } from "../../bench/images/image-classes";
import { readCompareOptions } from "../../bench/measuring-options";

describe("readCompareOptions", () => {
  test("measures every kind of image in seven rounds when nothing is given", () => {
    expect(readCompareOptions([])).toEqual({
      classes: IMAGE_CLASSES,
      rounds: 7,
      runMs: 250,
      quality: true,
      core: 1,
      json: undefined,
      svg: undefined,
    });
  });

  test("takes several kinds, rounds, a core and files", () => {
    const argv = ["--only", "jpeg-24mp", "--only", "gif-animated", "--rounds", "11", "--core", "0", "--json", "a.json"];
    const options = readCompareOptions([...argv, "--svg", "b.svg"]);
    expect(options.classes.map(({ name }) => name)).toEqual(["jpeg-24mp", "gif-animated"]);
    expect(options).toMatchObject({ rounds: 11, core: 0, json: "a.json", svg: "b.svg" });
  });

  test("is quick with three short rounds and no quality, unless rounds are given", () => {
    expect(readCompareOptions(["--quick"])).toMatchObject({ rounds: 3, runMs: 60, quality: false });
    expect(readCompareOptions(["--quick", "--rounds", "5"])).toMatchObject({ rounds: 5, quality: false });
  });

  test.each([
    [["--rounds", "4"], '--rounds must be an odd integer from 3 to 999, got "4"'],
    [["--rounds", "1"], '--rounds must be an odd integer from 3 to 999, got "1"'],
    [["--rounds", "7.0"], '--rounds must be an odd integer from 3 to 999, got "7.0"'],
    [["--core", "one"], '--core must be an integer from 0 to 999, got "one"'],
    [["--only", "bmp"], /^--only must be one of jpeg-24mp, .*, got "bmp"$/],
    [["--fast"], /--fast/],
  ])("refuses %j", (argv, message) => {
    expect(() => readCompareOptions(argv)).toThrow(message);
  });
});
