import { startMetadataDatabase } from "../../local/metadata-database";

/** A process that a test can kill: `database-host.js DIRECTORY` prints the endpoint. */
async function main([directory = ""]: string[]): Promise<void> {
  const { endpoint } = await startMetadataDatabase({
    directory,
    port: 0,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local-secret" },
    tableName: "image-metadata-local",
  });
  process.stdout.write(endpoint);
}

void main(process.argv.slice(2));
