import { isDeepStrictEqual } from "node:util";
import { isEmpty, listIn, objectIn } from "../../model/json";
import { line } from "../../model/line";
import { attributeAt } from "../attribute";
import type { Change } from "../change";
import { block, type Remark, review } from "../finding";
import {
  type AttributeRule,
  does,
  examined,
  guard,
  harmless,
  harmlessWhen,
  isTrue,
  keepsLonger,
  type RuleTable,
  risesFreely,
} from "./rule";

const NO_RECOVERY = "point-in-time recovery is off: no item can be restored";

/** A period of backups: none at all deletes those that are there. */
const backups: AttributeRule = {
  harmless: "sometimes",
  judge: ({ before, after, unknown }) => {
    const [from, to] = [before, after].map((value) => (typeof value === "number" ? value : 0));
    if (unknown || from === undefined || to === undefined) return { severity: "review" };
    if (from > 0 && to === 0)
      return { severity: "block", kind: "unprotect", words: ["backups are off, and those that exist go"] };
    return to < from ? { severity: "review", words: ["backups go sooner"] } : { severity: "note" };
  },
};

const database = {
  attributes: {
    deletion_protection: guard("deletion protection is off"),
    storage_encrypted: guard("encryption is off"),
    publicly_accessible: harmlessWhen((_, after) => after !== true, "reachable from the internet"),
    backup_retention_period: backups,
    description: harmless,
  },
  examine: examineReachability,
};

/** Databases. */
export const DATABASES: RuleTable = {
  aws_dynamodb_table: {
    computed: ["arn", "stream_arn", "stream_label"],
    attributes: {
      deletion_protection_enabled: guard("deletion protection is off"),
      "point_in_time_recovery.enabled": guard(NO_RECOVERY),
      "point_in_time_recovery.recovery_period_in_days": keepsLonger("items can be restored for fewer days", {
        absent: 35,
      }),
      server_side_encryption: examined,
      ttl: examined,
      stream_enabled: harmlessWhen(
        (before, after) => after === true || before !== true,
        "the stream is off: nobody sees items change",
      ),
      stream_view_type: does("what readers of the stream see of an item; DynamoDB makes another stream"),
      replica: examined,
      global_secondary_index: examined,
      billing_mode: does("how much the table takes at once, and what it costs"),
      read_capacity: risesFreely("less capacity may be too little"),
      write_capacity: risesFreely("less capacity may be too little"),
      "on_demand_throughput.max_read_request_units": risesFreely("less throughput may be too little"),
      "on_demand_throughput.max_write_request_units": risesFreely("less throughput may be too little"),
      table_class: does("what reading and keeping items costs"),
      attribute: does("which attributes keys and indexes are made of"),
    },
    examine: (change) =>
      change.kind === "create"
        ? []
        : [
            ...examineTableKey(change),
            ...examineTimeToLive(change),
            ...examineReplicas(change),
            ...examineIndexes(change),
          ],
  },
  aws_dynamodb_table_replica: {
    computed: ["arn"],
    attributes: {
      point_in_time_recovery: guard(NO_RECOVERY),
      deletion_protection_enabled: guard("deletion protection is off"),
    },
  },
  aws_db_instance: database,
  aws_rds_cluster: database,
  aws_docdb_cluster: database,
  aws_neptune_cluster: database,
  aws_redshift_cluster: {
    attributes: {
      encrypted: guard("encryption is off"),
      publicly_accessible: harmlessWhen((_, after) => after !== true, "reachable from the internet"),
      automated_snapshot_retention_period: backups,
    },
    examine: examineReachability,
  },
  aws_kinesis_stream: {
    computed: ["arn"],
    attributes: {
      retention_period: keepsLonger("records go sooner", { absent: 24 }),
      encryption_type: guard("encryption is off", { isOn: (value) => value === "KMS" }),
    },
  },
  aws_backup_vault_lock_configuration: {
    attributes: {},
    destroyed: block("unprotect", ["backups can be deleted before their time"]),
  },
  aws_efs_file_system: {
    attributes: { encrypted: guard("encryption is off"), lifecycle_policy: does("where files move to") },
  },
  aws_ebs_volume: {
    attributes: {
      encrypted: guard("encryption is off"),
      size: risesFreely("less room"),
      iops: risesFreely("less may be too little"),
    },
  },
};

function examineReachability(change: Change): readonly Remark[] {
  const { before, after, words } = attributeAt(change, "publicly_accessible");
  return after === true && before !== true ? [block("public", line`reachable from the internet: ${words}`)] : [];
}

/** The key that encrypts a table: its own, that of DynamoDB in the account, or one that DynamoDB owns. */
function examineTableKey(change: Change): readonly Remark[] {
  const attribute = attributeAt(change, "server_side_encryption");
  const [before, after] = [objectIn(attribute.before), objectIn(attribute.after)];
  const isOther = !isDeepStrictEqual(
    [before.enabled ?? false, before.kms_key_arn ?? ""],
    [after.enabled ?? false, after.kms_key_arn ?? ""],
  );
  // A table without a key of its own has one that is computed.
  const isUndecided = attribute.unknown && !(isTrue(after.enabled) && isEmpty(before.kms_key_arn));
  if (isTrue(before.enabled) && !isTrue(after.enabled) && !attribute.unknown)
    return [block("unprotect", ["encryption with a key of the account is off: DynamoDB's own key is left"])];
  if (isUndecided) return [review(["nobody can say yet which key encrypts the items"])];
  return isOther && (isTrue(before.enabled) || isTrue(after.enabled))
    ? [review(line`another key encrypts the items, and readers need it: ${attribute.words}`)]
    : [];
}

function examineTimeToLive(change: Change): readonly Remark[] {
  const enabled = attributeAt(change, "ttl", 0, "enabled");
  const name = attributeAt(change, "ttl", 0, "attribute_name");
  const [was, is] = [isTrue(enabled.before), isTrue(enabled.after)];
  if (enabled.unknown) return [review(["nobody can say yet whether items expire"])];
  if (was && is && name.before !== name.after)
    return [
      review(
        line`items expire by another attribute: DynamoDB refuses that in one step, turn TTL off first (${name.words})`,
      ),
    ];
  if (was === is) return [];
  return is
    ? [review(line`items whose time is over are deleted from now on (${enabled.words})`)]
    : [review(line`items are kept for ever: TTL is off (${enabled.words})`)];
}

function examineReplicas(change: Change): readonly Remark[] {
  const { before, after, unknown } = attributeAt(change, "replica");
  if (unknown && !Array.isArray(after)) return [review(["nobody can say yet in which regions the table is"])];
  const byRegion = (value: unknown) =>
    new Map(
      listIn(value)
        .map(objectIn)
        .map((replica) => [String(replica.region_name), replica]),
    );
  const [earlier, later] = [byRegion(before), byRegion(after)];
  return [
    ...[...earlier].flatMap(([region, replica]): Remark[] => {
      const next = later.get(region);
      if (!next) return [block("destroy", line`the replica in ${region} is deleted with its items`)];
      if (isTrue(replica.point_in_time_recovery) && !isTrue(next.point_in_time_recovery))
        return [block("unprotect", line`${[NO_RECOVERY]} in ${region}`)];
      if (isTrue(replica.deletion_protection_enabled) && !isTrue(next.deletion_protection_enabled))
        return [block("unprotect", line`deletion protection is off in ${region}`)];
      return (replica.kms_key_arn ?? "") === (next.kms_key_arn ?? "")
        ? []
        : [review(line`another key encrypts the items in ${region}`)];
    }),
    ...[...later.keys()]
      .filter((region) => !earlier.has(region))
      .map((region) => review(line`items are copied to ${region}`)),
  ];
}

/** Queries fail without their index, and with one that holds less. */
function examineIndexes(change: Change): readonly Remark[] {
  const { before, after } = attributeAt(change, "global_secondary_index");
  const byName = (value: unknown) =>
    new Map(
      listIn(value)
        .map(objectIn)
        .map((index) => [String(index.name), index]),
    );
  const [earlier, later] = [byName(before), byName(after)];
  return [
    ...[...earlier].flatMap(([name, index]): Remark[] => {
      const next = later.get(name);
      if (!next) return [review(line`index ${name} is deleted: queries that use it fail`)];
      const isOther = ["hash_key", "range_key", "projection_type", "key_schema", "non_key_attributes"].some(
        (attribute) =>
          !(isEmpty(index[attribute]) && isEmpty(next[attribute])) &&
          !isDeepStrictEqual(sorted(index[attribute]), sorted(next[attribute])),
      );
      if (isOther) return [review(line`index ${name} is deleted and made anew: queries that use it fail meanwhile`)];
      const isLess = ["read_capacity", "write_capacity"].some(
        (attribute) => Number(next[attribute] ?? 0) < Number(index[attribute] ?? 0),
      );
      return isLess ? [review(line`index ${name} has less capacity, which may be too little`)] : [];
    }),
    ...[...later.keys()]
      .filter((name) => !earlier.has(name))
      .map((name) => review(line`index ${name} is made of all items`)),
  ];
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? value.map((member) => JSON.stringify(member)).sort() : value;
}
