import { FAILURE_RECORDER, LONGEST_PROCESSING_SECONDS, QUEUED_UPLOADS } from "../../contract/deployment";
import type { UploadTriggerKind } from "../../contract/names";
import type { Clock, LogFields, Telemetry } from "../../lambda-src/records/ports";
import { Agenda } from "./agenda";
import {
  AsynchronousFunction,
  BY_INVOCATION,
  type Delivery,
  type Exhausted,
  throughQueue,
} from "./asynchronous-function";
import { DeadLetterBox } from "./dead-letter-box";
import { Invariants } from "./invariants";
import { Network } from "./network";
import { Operator } from "./operator";
import { type Photo, SOURCE_BUCKET } from "./photo";
import type { PipelineUnderTest } from "./pipeline-under-test";
import type { Random } from "./random";
import { SimulatedBuckets } from "./simulated-buckets";
import type { SimulatedInvocation } from "./simulated-invocation";
import { SimulatedTable } from "./simulated-table";

const START_MS = Date.UTC(2026, 0, 1);
/** As long as the shortest setting. Previews live no longer. */
export const RECORD_TTL_SECONDS = 86_400;
const RECORDER_TIME_LIMIT_MS = FAILURE_RECORDER.timeoutSeconds * 1000;
const MAX_BYTES = 1_000;
/** Longer than clocks differ that agree: the recorder's time is later than that of the attempt it is about. */
const MIN_DESTINATION_DELAY_MS = 250;

export interface SystemOptions {
  readonly trigger: UploadTriggerKind;
  readonly random: Random;
  readonly pipeline: PipelineUnderTest;
  readonly timeLimitMs: number;
  readonly trace: (line: string) => void;
  readonly traced: boolean;
}

/** Buckets, table, queue, both functions: the delivery system around the code under test. */
export class SimulatedSystem {
  readonly agenda = new Agenda(START_MS);
  readonly network: Network;
  readonly buckets: SimulatedBuckets;
  readonly table: SimulatedTable;
  readonly invariants: Invariants;
  readonly processor: AsynchronousFunction;
  readonly recorder: AsynchronousFunction;
  readonly deadLetters = new DeadLetterBox(() => this.agenda.nowMs);
  /** Request ids whose on-failure record no recorder could write. */
  readonly unrecorded = new Set<string>();
  /** By how much the operator's clock is ahead. */
  operatorSkewMs = 0;
  readonly operatorClock: Clock = { now: () => this.agenda.nowMs + this.operatorSkewMs };
  readonly operator = new Operator(this);
  readonly #delivered = new Map<Photo, string[]>();
  readonly #failedRequests = new Map<SimulatedInvocation, string>();
  #requests = 0;
  /** Told of every dead letter as it arrives. */
  onDeadLetter: (delivery: Delivery) => void = () => undefined;

  constructor(private readonly options: SystemOptions) {
    const { random, pipeline, timeLimitMs } = options;
    const queued = options.trigger === "queue";
    const trace = (line: () => string): void => this.trace(line);
    this.network = new Network(this.agenda, random, trace);
    this.buckets = new SimulatedBuckets(
      this.network,
      pipeline,
      () => this.agenda.nowMs,
      (key, content, sentAtMs) => this.invariants.previewWritten(key, content, sentAtMs),
    );
    this.invariants = new Invariants(
      this.buckets,
      RECORD_TTL_SECONDS,
      () => this.agenda.nowMs,
      this.operatorClock,
      LONGEST_PROCESSING_SECONDS[options.trigger] * 1000,
    );
    this.table = new SimulatedTable(this.network, pipeline, {
      updateArrives: ({ key, set }, writer) => {
        const photo = this.buckets.photos.find(({ imageId }) => imageId === key.imageId);
        if (set.processingStatus !== "completed" || photo?.trouble !== "commit fails") return;
        writer.causes.push("commit");
        throw new pipeline.TransientFailure("DYNAMODB_ERROR", "trouble");
      },
      recordWritten: (write) => {
        this.invariants.recordWritten(write, this.#failedRequests.get(write.writer));
        if (write.after.processingStatus === "completed") this.invariants.checkCompleted(write, this.buckets);
      },
      recordOperatedOn: (before, after, operator) => this.invariants.recordOperatedOn(before, after, operator),
      operatorRead: (imageId, record, reader) => this.invariants.operatorRead(imageId, record, reader),
      recordDeleted: (record) => this.invariants.recordDeleted(record),
      recordExpired: (imageId) => this.invariants.recordExpired(imageId),
      recordRead: (imageId, record, reader) =>
        this.invariants.recordRead(imageId, record, reader, this.#failedRequests.get(reader)),
    });
    this.processor = new AsynchronousFunction(
      this.agenda,
      random,
      {
        name: "processor",
        timeLimitMs,
        redelivery: queued ? throughQueue(timeLimitMs, QUEUED_UPLOADS.maxReceives) : BY_INVOCATION,
        run: (event, invocation) => this.#process(event, invocation),
        onEnd: (invocation, _, error) => this.invariants.attemptEnded(invocation, error, this.table),
        onExhausted: (exhausted) => this.#giveUp(exhausted),
      },
      trace,
    );
    this.recorder = new AsynchronousFunction(
      this.agenda,
      random,
      {
        name: "recorder",
        timeLimitMs: RECORDER_TIME_LIMIT_MS,
        redelivery: queued ? throughQueue(RECORDER_TIME_LIMIT_MS, Number.POSITIVE_INFINITY) : BY_INVOCATION,
        run: (event, invocation) => this.#record(event, invocation),
        onEnd: (invocation, delivery, error) => {
          this.invariants.recorderEnded(invocation, error, this.table);
          // It keeps the message itself, once that is recorded.
          if (queued && !error) this.#keepDeadLetter(delivery);
        },
        onExhausted: ({ delivery }) => this.unrecorded.add(failedRequestOf(delivery.event)),
      },
      trace,
    );
  }

  get trigger(): UploadTriggerKind {
    return this.options.trigger;
  }

  get pipeline(): PipelineUnderTest {
    return this.options.pipeline;
  }

  trace(line: () => string): void {
    if (this.options.traced) this.options.trace(`${String(this.agenda.nowMs - START_MS).padStart(8)} ms  ${line()}`);
  }

  newRequestId(): string {
    this.#requests += 1;
    return `request-${this.#requests}`;
  }

  /** S3 or an operator hands an event to the processor's queue. */
  deliver(delivery: Delivery, delayMs: number): void {
    for (const photo of delivery.photos)
      this.#delivered.set(photo, [...(this.#delivered.get(photo) ?? []), delivery.requestId]);
    this.processor.deliver(delivery, delayMs);
  }

  /** The event waited for its first attempt for as long as it may. */
  giveUpUntried(delivery: Delivery): void {
    this.#giveUp({ delivery, condition: "EventAgeExceeded", attempts: 0 });
  }

  /** Runs until nothing is under way, then looks at what is left. */
  async rest(): Promise<void> {
    await this.agenda.run(() => this.invariants.violation !== undefined);
    if (!this.invariants.violation) this.invariants.atRest(this.table, this.#delivered, this.unrecorded);
  }

  #process(event: unknown, invocation: SimulatedInvocation): Promise<void> {
    const { pipeline } = this.options;
    const telemetry = this.#telemetry(invocation);
    const processor = {
      records: this.table.storeOf(invocation),
      originals: this.buckets.originalsOf(invocation),
      previews: this.buckets.previewsOf(invocation),
      render: (bytes: Buffer) => this.buckets.render(bytes, invocation),
      telemetry,
      clock: invocation,
      maxBytes: MAX_BYTES,
      recordTtlSeconds: RECORD_TTL_SECONDS,
    };
    return pipeline.processEvent(event, invocation.context, SOURCE_BUCKET, telemetry, (upload) =>
      pipeline.processUpload(upload, invocation.context, processor),
    );
  }

  #record(event: unknown, invocation: SimulatedInvocation): Promise<void> {
    const { pipeline, trigger } = this.options;
    const recorder = {
      records: this.table.storeOf(invocation),
      telemetry: this.#telemetry(invocation),
      clock: invocation,
      sourceBucket: SOURCE_BUCKET,
      recordTtlSeconds: RECORD_TTL_SECONDS,
    };
    if (trigger === "queue") {
      // In the failed queue a message keeps its id, which owned the leases.
      const messageId = invocation.requestId;
      this.#failedRequests.set(invocation, messageId);
      return pipeline.recordFailedMessage({ messageId, body: JSON.stringify(event) }, invocation.context, recorder);
    }
    this.#failedRequests.set(invocation, failedRequestOf(event));
    return pipeline.recordFailedEvent(event, invocation.context, recorder);
  }

  #telemetry(invocation: SimulatedInvocation): Telemetry {
    const { name, causes } = invocation;
    return {
      decided: (decision, fields: LogFields) => {
        this.trace(() => `${name}: logs ${decision} ${fields.reason ?? ""}`);
        if (decision === "malformed_event") causes.push(decision);
        this.invariants.decided(decision, fields, this.table.itemOf(String(fields.imageId)), invocation);
      },
      measured: () => undefined,
    };
  }

  #keepDeadLetter(delivery: Delivery): void {
    this.deadLetters.keep(delivery);
    this.onDeadLetter(delivery);
  }

  #giveUp({ delivery, condition, attempts, error }: Exhausted): void {
    const { requestId, event } = delivery;
    if (this.options.trigger === "queue") {
      // The message moves on as it is, and under its id.
      this.recorder.deliver(delivery, this.options.random.between(MIN_DESTINATION_DELAY_MS, 2_000));
      return;
    }
    this.#keepDeadLetter(delivery);
    const record = {
      version: "1.0",
      requestContext: { requestId, condition, approximateInvokeCount: attempts },
      requestPayload: event,
      responsePayload: error,
    };
    const recorderDelivery = { event: record, requestId: this.newRequestId(), photos: delivery.photos };
    this.recorder.deliver(recorderDelivery, this.options.random.between(MIN_DESTINATION_DELAY_MS, 2_000));
  }
}

const failedRequestOf = (event: unknown): string =>
  (event as { readonly requestContext: { readonly requestId: string } }).requestContext.requestId;
