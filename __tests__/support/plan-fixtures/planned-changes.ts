import { DATA_CHANGES } from "./data-changes";
import { EXPOSURE_CHANGES } from "./exposure-changes";
import { IAM_CHANGES } from "./iam-changes";
import { ORDINARY_CHANGES } from "./ordinary-changes";
import { PIPELINE_CHANGES } from "./pipeline-changes";
import type { PlannedChange } from "./planned-change";

export const PLANNED_CHANGES: readonly PlannedChange[] = [
  ...ORDINARY_CHANGES,
  ...DATA_CHANGES,
  ...EXPOSURE_CHANGES,
  ...IAM_CHANGES,
  ...PIPELINE_CHANGES,
];
