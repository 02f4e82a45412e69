import type { Difference } from "../../model/difference";
import { structureIn } from "../../model/json";
import { line } from "../../model/line";
import { showDifference } from "../../render/show-difference";
import type { Change } from "../change";
import { block, type Remark } from "../finding";

/** Values that give access to everyone, by type and attribute; `*` is any type. */
const PUBLIC_VALUES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "*": { publicly_accessible: true },
  aws_ami_launch_permission: { group: "all" },
  aws_cloudwatch_event_permission: { principal: "*" },
  aws_db_cluster_snapshot: { shared_accounts: "all" },
  aws_db_snapshot: { shared_accounts: "all" },
  aws_lambda_function_url: { authorization_type: "NONE" },
  aws_lambda_layer_version_permission: { principal: "*" },
  aws_snapshot_create_volume_permission: { account_id: "all" },
};

/** Settings that open a resource to everyone, on creation too. */
export function reviewPublicValues(change: Change, differences: readonly Difference[]): readonly Remark[] {
  const values = {
    ...PUBLIC_VALUES["*"],
    ...(Object.hasOwn(PUBLIC_VALUES, change.type) ? PUBLIC_VALUES[change.type] : {}),
  };
  return differences
    .filter((difference) => {
      const open = values[difference.attribute];
      const members = (value: typeof difference.after) => [structureIn(value)].flat();
      return (
        open !== undefined &&
        members(difference.after).includes(open as never) &&
        !members(difference.before).includes(open as never)
      );
    })
    .map((difference) => block("public", line`open to the public: ${showDifference(difference)}`));
}
