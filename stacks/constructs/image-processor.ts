import type { Construct } from "constructs";
import { IMAGE_PROCESSOR } from "../../contract/deployment";
import type { ProcessorVariable } from "../../contract/names";
import { LambdaFunction, type LambdaFunctionProps } from "./lambda-function";

export interface ImageProcessorProps
  extends Omit<LambdaFunctionProps, "description" | "roleDescription" | "environment" | "ephemeralStorageMb"> {
  readonly environment: Readonly<Record<ProcessorVariable, string>>;
}

/** Makes the previews and the record of every upload. */
export class ImageProcessor extends LambdaFunction {
  constructor(scope: Construct, id: string, props: ImageProcessorProps) {
    super(scope, id, {
      ...props,
      environment: { ...props.environment, ...IMAGE_PROCESSOR.allocation },
      description: "Makes previews and a record of every uploaded image",
      roleDescription: "Role for image processing Lambda function",
      ephemeralStorageMb: IMAGE_PROCESSOR.ephemeralStorageMb,
    });
  }
}
