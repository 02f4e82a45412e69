#!/usr/bin/env bash
# Asks check-configuration whether a stack may be planned with credentials: refuse-configuration.sh STACK_DIRECTORY RESULT_DIRECTORY
# Leaves refused.md where it may not. CHECKER is the path of check-configuration.js; AWS_REGION, ENVIRONMENT_SUFFIX and TF_CLOUD_*
# are the settings of the stack as the workflow has them, not as the pull request synthesized them.
set -euo pipefail
stack=$1 result=$2
mkdir -p "$result"
rm -f "$result/refused.md"

jq --arg region "${AWS_REGION:-us-east-1}" --arg suffix "$ENVIRONMENT_SUFFIX" \
  --arg organization "${TF_CLOUD_ORGANIZATION:-}" --arg hostname "${TF_CLOUD_HOSTNAME:-}" \
  --arg project "${TF_CLOUD_PROJECT:-}" --arg workspace "${TF_CLOUD_WORKSPACE:-image-pipeline-$ENVIRONMENT_SUFFIX}" '
  def given($name; $value): if $value == "" then {} else {($name): $value} end;
  .providers.aws.fixed.region = $region
  | .terraform = if $organization == ""
    then {backend: {local: {path: "../../../terraform.image-pipeline-\($suffix).tfstate"}}}
    else {cloud: ({organization: $organization, workspaces: ({name: $workspace} + given("project"; $project))}
      + given("hostname"; $hostname))}
    end' "$(dirname "$0")/configuration-rules.json" >"$result/rules.json"

if ! node "$CHECKER" --rules "$result/rules.json" --format markdown "$stack" >"$result/refusals.md" 2>"$result/complaint.txt"; then
  # Nothing that the check did not pass is planned, also where it could not read it.
  cat "$result/refusals.md" "$result/complaint.txt" >"$result/refused.md"
  [ -s "$result/refused.md" ] || echo "The check of the configuration failed." >"$result/refused.md"
fi
