import type { ReadSettings } from "../../contract/read-settings";
import type { LocalSettingName } from "../../contract/settings";
import type { PipelineEnvironment } from "../../operations/pipeline-environment";
import type { ArmedFault } from "./wire";

/** What the console needs of a system on this machine, which hands itself in: the console knows nothing of how it runs. */
export interface ObservedSystem {
  readonly environment: PipelineEnvironment;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly s3Endpoint: string;
  readonly sourceBucket: string;
  readonly deadLetterQueue: WatchedQueue;
  readonly faults: FaultSwitches;
}

export type ObservedSettings = ReadSettings<LocalSettingName>;

export interface WatchedQueue {
  count(): Promise<number>;
  /** Oldest first. Looking at messages does not hide them from receivers. */
  list(): Promise<readonly QueuedMessage[]>;
}

export interface QueuedMessage {
  readonly messageId: string;
  /** Epoch ms. */
  readonly sentAt: number;
  readonly body: string;
  readonly attributes: Readonly<Record<string, { readonly StringValue: string }>>;
  readonly receiveCount: number;
}

/** Switches for the next uploads. */
export interface FaultSwitches {
  /** Names of what can be switched on. */
  readonly known: readonly string[];
  readonly armed: readonly ArmedFault[];
  arm(armed: ArmedFault): void;
  /** Told when faults were switched on or off, or taken by an upload. */
  onChange: () => void;
  /** Told of every request that is struck. */
  onStrike: (fault: string) => void;
}

/** What a function printed, or how an invocation of it ended. */
export type FunctionLog =
  | { readonly kind: "line"; readonly functionName: string; readonly requestId: string; readonly text: string }
  | { readonly kind: "report"; readonly functionName: string; readonly invocation: EndedInvocation };

export interface EndedInvocation {
  readonly requestId: string;
  readonly durationMs: number;
  readonly maxMemoryUsedMb: number;
  readonly outcome:
    | { readonly kind: "result" }
    | { readonly kind: "error"; readonly error: { readonly errorType: string; readonly errorMessage: string } };
}
