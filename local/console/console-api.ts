import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { PREVIEW_PREFIX } from "../../lambda-src/contract";
import type { LocalSystem } from "../local-system";
import { ImageCatalogue } from "./image-catalogue";
import { BadRequest, uploadKey } from "./upload-request";

const NEWEST_IMAGES = 50;
const UPLOAD_URL_LIFETIME_SECONDS = 300;
const MAX_BODY_BYTES = 4096;
/** What previews can be; anything else in the bucket is not handed to a browser. */
const PREVIEW_TYPES = ["image/jpeg", "image/png", "image/webp", "image/avif"];

export type ConsoleSystem = Pick<
  LocalSystem,
  "region" | "credentials" | "s3Endpoint" | "dynamodbEndpoint" | "sourceBucket" | "processedBucket" | "metadataTable"
>;

/** What the page asks for, answered through the same endpoints that any other program uses. */
export class ConsoleApi {
  readonly #system: ConsoleSystem;
  readonly #s3: S3Client;
  readonly #catalogue: ImageCatalogue;

  constructor(system: ConsoleSystem) {
    const { region, credentials } = system;
    this.#system = system;
    this.#s3 = new S3Client({
      region,
      credentials,
      endpoint: system.s3Endpoint,
      forcePathStyle: true,
      // A signed URL is made before the body is known: it must not carry the checksum of an empty one.
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
    const dynamodb = new DynamoDBClient({ region, credentials, endpoint: system.dynamodbEndpoint });
    this.#catalogue = new ImageCatalogue(dynamodb, system.metadataTable);
  }

  /** `GET /api/images` */
  async listImages(response: ServerResponse): Promise<void> {
    sendJson(response, 200, { images: await this.#catalogue.newest(NEWEST_IMAGES) });
  }

  /** `POST /api/uploads`: a URL to which the browser may PUT the file itself, for five minutes. */
  async createUpload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = uploadKey(await readText(request));
    const command = new PutObjectCommand({ Bucket: this.#system.sourceBucket, Key: key });
    const url = await getSignedUrl(this.#s3, command, { expiresIn: UPLOAD_URL_LIFETIME_SECONDS });
    sendJson(response, 201, { url, key });
  }

  /** `GET /api/images/:id/previews/:name`: only what the image's own record names. */
  async sendPreview(imageId: string, name: string, response: ServerResponse): Promise<void> {
    const previews = (await this.#catalogue.find(imageId))?.previews ?? {};
    const key = Object.hasOwn(previews, name) ? previews[name] : undefined;
    if (!key?.startsWith(PREVIEW_PREFIX)) return sendJson(response, 404, { error: "no such preview" });

    const object = await this.#s3.send(new GetObjectCommand({ Bucket: this.#system.processedBucket, Key: key }));
    if (!PREVIEW_TYPES.includes(object.ContentType ?? "") || !(object.Body instanceof Readable))
      return sendJson(response, 502, { error: "the preview is no image" });
    response.writeHead(200, {
      "Content-Type": object.ContentType,
      "Content-Length": object.ContentLength,
      "Cache-Control": "private, max-age=3600",
    });
    await pipeline(object.Body, response);
  }
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" });
  response.end(JSON.stringify(body));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new BadRequest(`the body must have at most ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
