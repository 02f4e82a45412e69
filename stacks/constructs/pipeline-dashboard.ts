import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";

const WIDGET_WIDTH = 12;
const WIDGET_HEIGHT = 6;

export interface PipelineDashboardProps {
  readonly name: string;
  readonly region: string;
  readonly functionName: string;
}

/**
 * Invocations, errors and duration of the image processor over the last six hours.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export class PipelineDashboard extends Construct {
  constructor(scope: Construct, id: string, props: PipelineDashboardProps) {
    super(scope, id);
    const metric = (name: string, stat: string) => ["AWS/Lambda", name, "FunctionName", props.functionName, { stat }];
    const graph = (column: number, title: string, metrics: readonly unknown[]) => ({
      type: "metric",
      x: column * WIDGET_WIDTH,
      y: 0,
      width: WIDGET_WIDTH,
      height: WIDGET_HEIGHT,
      properties: { view: "timeSeries", title, region: props.region, metrics },
    });
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.name,
      // On lines of its own, like a policy.
      dashboardBody: JSON.stringify(
        {
          start: "-PT6H",
          widgets: [
            graph(0, "Lambda Invocations", [metric("Invocations", "Sum"), metric("Errors", "Sum")]),
            graph(1, "Lambda Duration", [metric("Duration", "Average")]),
          ],
        },
        null,
        2,
      ),
    });
  }
}
