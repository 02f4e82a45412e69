import { parseStartOptions } from "../../local/start-options";

describe("parseStartOptions", () => {
  test("has the documented defaults", () => {
    expect(parseStartOptions([])).toEqual({
      port: 3000,
      s3Port: 9000,
      dynamodbPort: 8000,
      lambdaPort: 9001,
      sqsPort: 9324,
      directory: ".local",
      timeScale: 1,
    });
  });

  test("reads every flag", () => {
    const args =
      "--port 1 --s3-port=0 --dynamodb-port 0 --lambda-port 5 --sqs-port 6 --directory /x --time-scale .05".split(" ");
    const ports = { port: 1, s3Port: 0, dynamodbPort: 0, lambdaPort: 5, sqsPort: 6 };
    expect(parseStartOptions(args)).toEqual({ ...ports, directory: "/x", timeScale: 0.05 });
    expect(parseStartOptions(["--help"])).toContain("--time-scale <factor>");
  });

  test.each([
    [["--bogus"], "unknown option '--bogus'; npm start -- --help lists the options"],
    [["photo.jpg"], "too many arguments. Expected 0 arguments but got 1.; npm start -- --help lists the options"],
    [["--port"], "option '--port <port>' argument missing; npm start -- --help lists the options"],
    [["--port", "http"], '--port must be a port from 0 to 65535, got "http"'],
    [["--s3-port", "65536"], '--s3-port must be a port from 0 to 65535, got "65536"'],
    [["--dynamodb-port", "9000"], "--s3-port and --dynamodb-port must be different ports, got 9000 for both"],
    [["--time-scale", "0"], '--time-scale must be a number from 0.001 to 1, got "0"'],
    [["--time-scale", "1e-2"], '--time-scale must be a number from 0.001 to 1, got "1e-2"'],
    [["--directory", ""], '--directory must name a directory, got ""'],
  ])("refuses %j in one sentence", (args, sentence) => {
    expect(() => parseStartOptions(args)).toThrow(sentence);
  });
});
