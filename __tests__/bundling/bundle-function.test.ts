import { join } from "node:path";
import { buildFunction } from "../../bundling/bundle-function";
import { LAMBDA_RUNTIMES } from "../../contract/names";
import { temporaryDirectory } from "../support/temporary-directory";

const root = temporaryDirectory();
const [runtime] = LAMBDA_RUNTIMES;

/** The project's own modules of which something is in a function's `index.js`. */
function modulesOf(name: string): readonly string[] {
  const { outputs } = buildFunction({ entry: `lambda-src/${name}.ts`, runtime, directory: join(root, name) });
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const bundled = inputs.filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && !path.startsWith("node_modules/"));
  return bundled.map(([path]) => path).sort();
}

const under = (modules: readonly string[], folder: string) => modules.filter((path) => path.startsWith(folder));

test.each(["image-processor", "failure-recorder"])(
  "%s holds names and its settings of the contract, and no prose",
  (name) => {
    const modules = modulesOf(name);
    expect(under(modules, "contract/")).toEqual([
      "contract/error-codes.ts",
      "contract/names.ts",
      "contract/processing-settings.ts",
    ]);
    expect(under(modules, "").filter((path) => !/^(?:contract|lambda-src)\//.test(path))).toEqual([]);
  },
);

test("the failure recorder holds no work on images", () => {
  expect(under(modulesOf("failure-recorder"), "lambda-src/images/")).toEqual([
    // The error of an upload that is at fault itself, such as one with a key that cannot be decoded.
    "lambda-src/images/formats/rejected-image.ts",
  ]);
});
