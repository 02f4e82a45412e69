import fc from "fast-check";
import { element, escapeXml } from "../../../../local/aws/s3/xml";
import { objectKeys } from "./object-keys";

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const unescapeXml = (text: string) =>
  text.replace(/&(?:#(\d+)|(\w+));/g, (_, code, name) =>
    code ? String.fromCharCode(Number(code)) : (ENTITIES[name] ?? ""),
  );

describe("escapeXml", () => {
  test("comes back, and leaves nothing that could end an element or be lost on the way", () => {
    fc.assert(
      fc.property(objectKeys(), (text) => {
        const escaped = escapeXml(text);
        expect(unescapeXml(escaped)).toBe(text);
        expect(escaped).not.toMatch(/[<>"'\r\n\t\0]|&(?!(#\d+|\w+);)/);
      }),
    );
  });
});

describe("element", () => {
  test("escapes texts and keeps elements", () => {
    expect(element("A", element("B", "<&>"), "c").text).toBe("<A><B>&lt;&amp;&gt;</B>c</A>");
  });
});
