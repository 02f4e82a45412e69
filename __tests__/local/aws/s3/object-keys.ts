import fc from "fast-check";
import { anyText } from "../../../support/any-text";

/** Any text that UTF-8 can carry, with more of what servers get wrong than chance would give. */
export const objectKeys = (maxLength = 60) =>
  fc
    .oneof(
      anyText({ minLength: 1, maxLength }),
      fc
        .array(
          fc.constantFrom(
            "/",
            "//",
            "..",
            ".",
            " ",
            "+",
            "%",
            "%2F",
            "&",
            "<",
            "\r\n",
            "\0",
            "~",
            "*",
            "é",
            "日",
            "\ufffd",
            "🎉",
          ),
          {
            minLength: 1,
            maxLength: 20,
          },
        )
        .map((parts) => parts.join("")),
    )
    .filter((key) => Buffer.byteLength(key) <= 1024);
