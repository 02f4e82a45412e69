import type { PlannedChange, Synthesized } from "./planned-change";

const ROLE = "image_processor_role";

/** Replaces text in the policy of the image processor, once that is without line breaks. */
function rewrite({ resource }: Synthesized, from: string, to: string): void {
  const role = resource.aws_iam_role_policy[ROLE];
  const before = JSON.stringify(JSON.parse(role.policy));
  role.policy = before.replace(from, to);
  if (role.policy === before) throw new Error(`the policy must contain ${from}, got ${before}`);
}

/** Changes of who may do what. */
export const IAM_CHANGES: readonly PlannedChange[] = [
  {
    name: "action-gained",
    edit: (json) => rewrite(json, '["s3:GetObject"]', '["s3:GetObject","s3:DeleteObject"]'),
  },
  {
    name: "action-lost",
    edit: (json) => rewrite(json, '["dynamodb:GetItem","dynamodb:UpdateItem"]', '["dynamodb:GetItem"]'),
  },
  {
    name: "action-wildcard",
    edit: (json) => rewrite(json, '["dynamodb:GetItem","dynamodb:UpdateItem"]', '["dynamodb:*"]'),
  },
  { name: "resource-widened", edit: (json) => rewrite(json, "/uploads/*", "/*") },
  {
    name: "condition-removed",
    edit: (json) => rewrite(json, ',"Condition":{"StringLike":{"s3:prefix":"uploads/*"}}', ""),
  },
  {
    name: "policy-reordered",
    edit: (json) => {
      rewrite(json, '["logs:CreateLogStream","logs:PutLogEvents"]', '["logs:PutLogEvents","logs:CreateLogStream"]');
      rewrite(json, '["s3:PutObject"]', '"s3:PutObject"');
    },
  },
  {
    name: "assumed-by-other-account",
    edit: ({ resource }) => {
      resource.aws_iam_role[ROLE].assume_role_policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AllowLambda",
            Effect: "Allow",
            Principal: { Service: "lambda.amazonaws.com" },
            Action: "sts:AssumeRole",
          },
          {
            Sid: "AllowPartner",
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::999999999999:root" },
            Action: "sts:AssumeRole",
          },
        ],
      });
    },
  },
  {
    name: "managed-policy-attached",
    edit: ({ resource }) => {
      resource.aws_iam_role_policy_attachment = {
        [ROLE]: {
          role: `$${"{"}aws_iam_role.${ROLE}.name}`,
          policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
        },
      };
    },
  },
  {
    name: "permission-without-source",
    edit: ({ resource }) => {
      delete resource.aws_lambda_permission.upload_trigger.source_account;
      delete resource.aws_lambda_permission.upload_trigger.source_arn;
    },
  },
  {
    name: "permission-public",
    edit: ({ resource }) => {
      resource.aws_lambda_permission.anybody = {
        action: "lambda:InvokeFunction",
        function_name: "image-processor-dev",
        principal: "*",
      };
    },
  },
  {
    name: "policy-known-after-apply",
    edit: (json) => {
      json.resource.aws_sqs_queue.review_queue = { name: "review-dev" };
      rewrite(json, '"Resource":"*"', '"Resource":"$' + '{aws_sqs_queue.review_queue.arn}"');
    },
  },
];
