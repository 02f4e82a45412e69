import { isDeepStrictEqual } from "node:util";
import { type Difference, differencesBetween } from "../model/difference";
import { type JsonObject, mapTexts, objectIn } from "../model/json";
import { holdingOf } from "../model/stores";
import { type CodeChange, codeChangeIn, isSameContent } from "./code-change";
import { type Element, renameReferences } from "./element";

import { findRenames, type Rename } from "./renames";

/** A `replacement` is hidden: Terraform destroys and makes anew what only has another name. */
export type ChangeKind = "replacement" | "removal" | "addition" | "update" | "move";

/** One element that differs. */
export interface Change {
  readonly kind: ChangeKind;
  readonly element: Element;
  /** What it was, where it is declared under another address. */
  readonly previous: Element | undefined;
  /** Without those that only follow the renaming of others, and without code. */
  readonly differences: readonly Difference[];
  /** What the resource holds that nobody can make again. */
  readonly holding: string | undefined;
  /** Whether that is lost. */
  readonly endangers: boolean;
  /** The attribute that Terraform cannot change in place. */
  readonly replacedFor: string | undefined;
}

/** Another package, and the element that takes it. */
export interface ElementCode {
  readonly element: Element;
  readonly change: CodeChange;
}

/** Attributes of stores that Terraform cannot change in place. */
const IDENTITIES = [
  "bucket",
  "name",
  "identifier",
  "cluster_identifier",
  "domain_name",
  "hash_key",
  "range_key",
  "fifo_queue",
] as const;

/** What becomes of one stack. */
export class StackComparison {
  readonly changes: readonly Change[];
  readonly code: readonly ElementCode[];
  /** Elements that name renamed ones by their new addresses, and else are the same. */
  readonly followers: readonly Element[];
  /** Elements with JSON in text that says the same in another way. */
  readonly rewritten: readonly Element[];

  private readonly renames: readonly Rename[];
  /** New addresses by old ones. */
  private readonly newAddresses: ReadonlyMap<string, string>;
  private readonly moves: ReadonlyMap<string, string>;

  constructor(
    private readonly before: readonly Element[],
    private readonly after: readonly Element[],
  ) {
    const [removed, added] = [missingIn(after, before), missingIn(before, after)];
    this.moves = new Map(this.blocks("moved").map(({ from, to }) => [String(from), String(to)]));
    this.renames = findRenames(removed, added, this.moves);
    this.newAddresses = new Map(this.renames.map(({ from, to }) => [from.address, to.address]));
    const arrived = new Set(this.newAddresses.values());
    const pairs = [...this.renames, ...this.kept()];
    this.changes = [
      ...pairs.flatMap((pair) => this.changeOf(pair)),
      ...removed.filter(({ address }) => !this.newAddresses.has(address)).map((element) => this.removalOf(element)),
      ...added.filter(({ address }) => !arrived.has(address)).map(additionOf),
    ];
    this.code = pairs.flatMap((pair) => this.codeOf(pair));
    const alike = this.kept().filter((pair) => this.isAlike(pair));
    const isFollower = (pair: Rename) => !isDeepStrictEqual(pair.from.values, this.valuesBefore(pair));
    this.followers = alike.filter(isFollower).map(({ to }) => to);
    this.rewritten = alike.filter((pair) => !isFollower(pair)).map(({ to }) => to);
  }

  private blocks(section: string): readonly JsonObject[] {
    return this.after.filter((element) => element.section === section).map(({ values }) => values);
  }

  private kept(): readonly Rename[] {
    const byAddress = new Map(this.before.map((element) => [element.address, element]));
    return this.after.flatMap((to) => {
      const from = byAddress.get(to.address);
      return from ? [{ from, to }] : [];
    });
  }

  /** The old values, with what they refer to under its new address. */
  private valuesBefore({ from }: Rename): JsonObject {
    if (this.newAddresses.size === 0) return from.values;
    return mapTexts(from.values, (text) => renameReferences(text, (address) => this.newAddresses.get(address)));
  }

  private allDifferences(pair: Rename) {
    return differencesBetween({ value: this.valuesBefore(pair) }, { value: pair.to.values });
  }

  private codeOf(pair: Rename): readonly ElementCode[] {
    return this.allDifferences(pair).flatMap((difference) => {
      const change = codeChangeIn(difference);
      return change ? [{ element: pair.to, change }] : [];
    });
  }

  /** Whether nothing differs but the text. */
  private isAlike(pair: Rename): boolean {
    return !isDeepStrictEqual(pair.from.values, pair.to.values) && this.allDifferences(pair).length === 0;
  }

  private changeOf(pair: Rename): readonly Change[] {
    const { from, to } = pair;
    const differences = this.allDifferences(pair).filter(
      (difference) => !codeChangeIn(difference) && !isSameContent(difference),
    );
    const isRenamed = from.address !== to.address;
    if (!isRenamed && differences.length === 0) return [];
    const replacedFor = replacingAttribute(to, this.valuesBefore(pair));
    const isLostSight = isRenamed && to.section === "resource" && this.moves.get(from.address) !== to.address;
    const kind = isLostSight || replacedFor ? "replacement" : isRenamed ? "move" : "update";
    const holding = holdingIn(to);
    const endangers = kind === "replacement" && holding !== undefined;
    return [
      { kind, element: to, previous: isRenamed ? from : undefined, differences, holding, endangers, replacedFor },
    ];
  }

  private removalOf(element: Element): Change {
    const isForgotten = this.blocks("removed").some(
      ({ from, lifecycle }) => from === element.address && objectIn(lifecycle).destroy === false,
    );
    const holding = isForgotten || staysInAws(element) ? undefined : holdingIn(element);
    return { ...unpaired("removal", element), holding, endangers: holding !== undefined };
  }
}

function missingIn(others: readonly Element[], elements: readonly Element[]): readonly Element[] {
  const addresses = new Set(others.map(({ address }) => address));
  return elements.filter(({ address }) => !addresses.has(address));
}

function additionOf(element: Element): Change {
  return unpaired("addition", element);
}

function unpaired(kind: "removal" | "addition", element: Element): Change {
  const rest = { previous: undefined, holding: undefined, replacedFor: undefined };
  return { kind, element, differences: [], endangers: false, ...rest };
}

function holdingIn({ section, type }: Element): string | undefined {
  return section === "resource" ? holdingOf(type) : undefined;
}

/** `skip_destroy` leaves a resource in AWS when Terraform lets it go. */
function staysInAws({ values }: Element): boolean {
  return values.skip_destroy === true;
}

/** The attribute for whose change Terraform replaces this store. */
function replacingAttribute(element: Element, before: JsonObject): string | undefined {
  if (!holdingIn(element)) return undefined;
  return IDENTITIES.find((name) => !isDeepStrictEqual(before[name], element.values[name]));
}
