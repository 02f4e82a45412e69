import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface AnsweredRequest {
  /** As `GET /api/v2/runs/run-1`. */
  readonly request: string;
  readonly body: unknown;
  readonly authorization: string | undefined;
}

export interface HcpTerraform {
  /** As it stands in a `cloud` block, with the port. */
  readonly hostname: string;
  readonly address: string;
  /** Of the certificate that signs for it. */
  readonly certificate: string;
  readonly requests: readonly AnsweredRequest[];
  readonly close: () => Promise<void>;
}

export interface HcpTerraformAnswers {
  readonly executionMode: "remote" | "local" | "agent";
  readonly terraformVersion: string;
  /** The redacted plan; with `undefined` the API answers that there is none. */
  readonly plan: unknown;
  readonly runStatus: "planned_and_finished" | "planned_and_saved" | "errored";
}

export const TOKEN = "token-that-may-plan";

/**
 * Plays what Terraform and the scripts ask of HCP Terraform, as its API documents it.
 * @see https://developer.hashicorp.com/terraform/cloud-docs/api-docs
 */
export async function startHcpTerraform(directory: string, answers: HcpTerraformAnswers): Promise<HcpTerraform> {
  const [key, certificate] = [join(directory, "key.pem"), join(directory, "certificate.pem")];
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"].concat([
      "-keyout",
      key,
      "-out",
      certificate,
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ]),
    { stdio: "pipe" },
  );
  const requests: AnsweredRequest[] = [];
  const port = () => (server.address() as AddressInfo).port;
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    void answer(request, response, answers, requests, `https://127.0.0.1:${port()}`);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const hostname = `localhost:${port()}`;
  const address = `https://${hostname}`;
  return {
    hostname,
    address,
    certificate,
    requests,
    close: () => new Promise((done) => server.close(() => done()).closeAllConnections()),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { executionMode, terraformVersion, plan, runStatus }: HcpTerraformAnswers,
  requests: AnsweredRequest[],
  /** Of the store of files: another origin than the API's. */
  store: string,
): Promise<void> {
  // Terraform asks for the log in pieces, until the one that ends it.
  const offset = Number(new URL(request.url ?? "", store).searchParams.get("offset"));
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const path = (request.url ?? "").replace(/\?.*/, "");
  const text = Buffer.concat(chunks).toString();
  const { authorization } = request.headers;
  requests.push({
    request: `${request.method} ${path}`,
    body: text.startsWith("{") ? JSON.parse(text) : text,
    authorization,
  });
  const send = (body: unknown, status = 200) => {
    const type = path.startsWith("/api/") ? "application/vnd.api+json" : "application/json";
    response.writeHead(status, { "content-type": type, "tfp-api-version": "2.6" });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
  const isOpen = /^\/(?:\.well-known|store|api\/v2\/ping)/.test(path);
  if (!isOpen && authorization !== `Bearer ${TOKEN}`) return send({ errors: [{ status: "401" }] }, 401);

  const permissions = {
    "can-queue-run": true,
    "can-read-settings": true,
    "can-queue-apply": false,
    "can-update": false,
  };
  const workspace = {
    id: "ws-1",
    type: "workspaces",
    attributes: {
      name: "photos",
      "execution-mode": executionMode,
      operations: executionMode !== "local",
      "terraform-version": terraformVersion,
      "structured-run-output-enabled": false,
      permissions,
    },
    relationships: { organization: { data: { id: "acme", type: "organizations" } } },
  };
  const run = {
    id: "run-1",
    type: "runs",
    attributes: {
      status: runStatus,
      "has-changes": true,
      "plan-only": runStatus !== "planned_and_saved",
      actions: { "is-cancelable": false, "is-confirmable": false },
      permissions: { "can-apply": false },
    },
    relationships: {
      plan: { data: { id: "plan-1", type: "plans" } },
      workspace: { data: { id: "ws-1", type: "workspaces" } },
      "configuration-version": { data: { id: "cv-1", type: "configuration-versions" } },
    },
  };
  const status = runStatus === "errored" ? "errored" : "finished";
  const planned = { id: "plan-1", type: "plans", attributes: { status, "log-read-url": `${store}/store/log` } };
  const version = (state: string) => ({
    data: {
      id: "cv-1",
      type: "configuration-versions",
      attributes: { status: state, "upload-url": `${store}/store/cv` },
    },
  });
  switch (`${request.method} ${path}`) {
    case "GET /.well-known/terraform.json":
      return send({ "tfe.v2": "/api/v2/", "tfe.v2.1": "/api/v2/", "tfe.v2.2": "/api/v2/" });
    case "GET /api/v2/ping":
      return send("", 204);
    case "GET /api/v2/organizations/acme/entitlement-set":
      return send({
        data: { id: "org-1", type: "entitlement-sets", attributes: { operations: true, "state-storage": true } },
      });
    case "GET /api/v2/organizations/acme/workspaces/photos":
    case "GET /api/v2/workspaces/ws-1":
      return send({ data: workspace });
    case "POST /api/v2/workspaces/ws-1/configuration-versions":
      return send(version("pending"), 201);
    case "PUT /store/cv":
      return send("");
    case "GET /api/v2/configuration-versions/cv-1":
      return send(version("uploaded"));
    case "POST /api/v2/runs":
      return send({ data: run }, 201);
    case "GET /api/v2/runs/run-1/run-events":
      return send({ data: [] });
    case "GET /api/v2/runs/run-1":
      return send({ data: run, included: [workspace, planned] });
    case "GET /api/v2/plans/plan-1":
      return send({ data: planned });
    case "GET /store/log":
      return send(
        `\u0002${runStatus === "errored" ? "Error: it is refused" : "Plan: 1 to add, 0 to change, 0 to destroy."}\n\u0003`.slice(
          offset,
        ),
      );
    case "GET /api/v2/plans/plan-1/json-output":
      return send({ errors: [{ status: "404", title: "not found" }] }, 404);
    case "GET /api/v2/plans/plan-1/json-output-redacted":
      if (plan === undefined) return send("", 204);
      response.writeHead(307, { location: `${store}/store/plan` });
      response.end();
      return;
    case "GET /store/plan":
      return send(plan);
    default:
      return send({ errors: [{ status: "404", title: "not found" }] }, 404);
  }
}
