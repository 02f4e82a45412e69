import { isDeepStrictEqual } from "node:util";
import { isEmpty, listIn, objectIn } from "../../model/json";
import { line } from "../../model/line";
import { attributeAt, type Change } from "../change";
import { block, type Remark, review } from "../finding";
import {
  type AttributeRule,
  does,
  examined,
  guard,
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
      return {
        severity: "block",
        kind: "unprotect",
        words: ["automatic backups are off, and existing ones are deleted"],
      };
    return to < from ? { severity: "review", words: ["backups are kept for a shorter time"] } : { severity: "note" };
  },
};

const database = {
  attributes: {
    deletion_protection: guard("deletion protection is off"),
    storage_encrypted: guard("encryption is off"),
    backup_retention_period: backups,
  },
};
const isPrivate = harmlessWhen((_, after) => after !== true, "the database gets an address on the internet");

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
        "the stream is off: its consumers no longer see changes",
      ),
      stream_view_type: does("the content of stream records; DynamoDB creates a new stream"),
      replica: examined,
      global_secondary_index: examined,
      billing_mode: does("the capacity and cost of the table"),
      read_capacity: risesFreely("less capacity may be too little"),
      write_capacity: risesFreely("less capacity may be too little"),
      "on_demand_throughput.max_read_request_units": risesFreely("less throughput may be too little"),
      "on_demand_throughput.max_write_request_units": risesFreely("less throughput may be too little"),
      table_class: does("the cost of storage and requests"),
      attribute: does("the attributes of keys and indexes"),
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
  aws_db_instance: { attributes: { ...database.attributes, publicly_accessible: isPrivate } },
  aws_rds_cluster: database,
  aws_docdb_cluster: database,
  aws_neptune_cluster: database,
  aws_redshift_cluster: {
    attributes: {
      encrypted: guard("encryption is off"),
      publicly_accessible: isPrivate,
      automated_snapshot_retention_period: backups,
    },
  },
  aws_kinesis_stream: {
    computed: ["arn"],
    attributes: {
      retention_period: keepsLonger("records are kept for a shorter time", { absent: 24 }),
      encryption_type: guard("encryption is off", { isOn: (value) => value === "KMS" }),
    },
  },
  aws_backup_vault_lock_configuration: {
    attributes: {},
    destroyed: block("unprotect", ["backups can be deleted before their retention ends"]),
  },
  aws_efs_file_system: {
    attributes: {
      encrypted: guard("encryption is off"),
      lifecycle_policy: does("when files move to another storage class"),
    },
  },
  aws_ebs_volume: {
    attributes: {
      encrypted: guard("encryption is off"),
      size: risesFreely("less room"),
      iops: risesFreely("less may be too little"),
    },
  },
};

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
    return [block("unprotect", ["encryption with a key of the account is off; a key that DynamoDB owns remains"])];
  if (isUndecided) return [review(["the key that encrypts the items is known only after apply"])];
  return isOther && (isTrue(before.enabled) || isTrue(after.enabled))
    ? [review(line`items use another key, which readers need permission for: ${attribute.words}`)]
    : [];
}

function examineTimeToLive(change: Change): readonly Remark[] {
  const enabled = attributeAt(change, "ttl", 0, "enabled");
  const name = attributeAt(change, "ttl", 0, "attribute_name");
  const [was, is] = [isTrue(enabled.before), isTrue(enabled.after)];
  if (enabled.unknown) return [review(["TTL is known only after apply"])];
  if (was && is && name.before !== name.after)
    return [
      review(line`TTL uses another attribute; DynamoDB refuses this in one step, turn TTL off first (${name.words})`),
    ];
  if (was === is) return [];
  return is
    ? [review(line`DynamoDB starts to delete expired items (${enabled.words})`)]
    : [review(line`TTL is off: expired items are no longer deleted (${enabled.words})`)];
}

function examineReplicas(change: Change): readonly Remark[] {
  const { before, after, unknown } = attributeAt(change, "replica");
  if (unknown && !Array.isArray(after)) return [review(["the replicas are known only after apply"])];
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
      if (isOther)
        return [review(line`index ${name} is deleted and created again: queries that use it fail until then`)];
      const isLess = ["read_capacity", "write_capacity"].some(
        (attribute) => Number(next[attribute] ?? 0) < Number(index[attribute] ?? 0),
      );
      return isLess ? [review(line`index ${name} has less capacity, which may be too little`)] : [];
    }),
    ...[...later.keys()]
      .filter((name) => !earlier.has(name))
      .map((name) => review(line`index ${name} is created and filled from all items`)),
  ];
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? value.map((member) => JSON.stringify(member)).sort() : value;
}
