import { visibleText } from "../../visible-text";

export interface Column<Row> {
  readonly heading: string;
  readonly value: (row: Row) => string;
  /** May be cut, from its middle, when the terminal is too narrow. */
  readonly flexible?: boolean;
}

const GAP = 2;
const MIN_FLEXIBLE = 16;

/**
 * Rows for a terminal of so many columns: a table, or below the width that one needs, a block of lines for each row. Without
 * columns, for another program: all values in full between tabs.
 */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number | undefined,
): string {
  const cells = rows.map((row) => columns.map(({ value }) => visibleText(value(row))));
  const headings = columns.map(({ heading }) => heading);
  if (width === undefined) return [headings, ...cells].map((line) => line.join("\t")).join("\n");
  const widths = headings.map((heading, index) =>
    Math.max(lengthOf(heading), ...cells.map((row) => lengthOf(row[index]))),
  );
  const flexible = columns.findIndex((column) => column.flexible);
  const spare = width - widths.reduce((sum, each) => sum + each + GAP, -GAP);
  if (flexible >= 0 && spare < 0) widths[flexible] = (widths[flexible] ?? 0) + spare;
  if ((widths[flexible] ?? MIN_FLEXIBLE) < MIN_FLEXIBLE || (flexible < 0 && spare < 0))
    return cells.map((row) => block(headings, row, width)).join("\n\n");
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => pad(shorten(cell, widths[index] ?? 0), widths[index] ?? 0))
      .join(" ".repeat(GAP))
      .trimEnd();
  return [headings, ...cells].map(line).join("\n");
}

/** The first value is what the row is called; the others follow under their headings. */
function block(headings: readonly string[], row: readonly string[], width: number): string {
  const [title = "", ...values] = row;
  const label = Math.max(...headings.slice(1).map(lengthOf));
  const lines = values.flatMap((value, index) =>
    value === ""
      ? []
      : [`  ${pad(headings[index + 1] ?? "", label)} ${shorten(value, Math.max(width - label - 3, 8))}`],
  );
  return [shorten(title, width), ...lines].join("\n");
}

/** Pairs of label and value, one a line; a value that is too long goes on below. */
export function renderFields(fields: readonly (readonly [label: string, value: string])[], width = 120): string {
  const label = Math.max(...fields.map(([name]) => lengthOf(name)));
  const room = Math.max(width - label - GAP, 16);
  return fields
    .flatMap(([name, value]) =>
      pieces(visibleText(value), room).map((piece, index) =>
        `${pad(index === 0 ? name : "", label)}  ${piece}`.trimEnd(),
      ),
    )
    .join("\n");
}

function pieces(text: string, length: number): readonly string[] {
  const characters = [...text];
  const count = Math.max(Math.ceil(characters.length / length), 1);
  return Array.from({ length: count }, (_, index) => characters.slice(index * length, (index + 1) * length).join(""));
}

const lengthOf = (text = ""): number => [...text].length;
const pad = (text: string, length: number): string => text + " ".repeat(Math.max(length - lengthOf(text), 0));

export function shorten(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const head = Math.ceil((length - 1) / 2);
  return `${characters.slice(0, head).join("")}…${characters.slice(characters.length - (length - 1 - head)).join("")}`;
}
