import { terraformName } from "../../stacks/terraform";

describe("terraformName", () => {
  test("joins the ids of the construct path with underscores", () => {
    expect(terraformName(["pipeline-alarms", "high-error-rate"], "aws_cloudwatch_metric_alarm")).toBe(
      "pipeline_alarms_high_error_rate",
    );
  });

  test("leaves out the last id where the type already ends in it", () => {
    expect(terraformName(["source-bucket", "bucket"], "aws_s3_bucket")).toBe("source_bucket");
    expect(terraformName(["source-bucket", "policy"], "aws_s3_bucket_policy")).toBe("source_bucket");
    expect(terraformName(["source-bucket", "et"], "aws_s3_bucket")).toBe("source_bucket_et");
  });

  test("keeps a single id", () => {
    expect(terraformName(["bucket"], "aws_s3_bucket")).toBe("bucket");
  });
});
