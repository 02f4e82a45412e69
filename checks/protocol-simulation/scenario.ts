import type { UploadTriggerKind } from "../../contract/names";
import { type Delivery, HEALTHY } from "./asynchronous-function";
import { CALM } from "./network";
import { type Mood, RESOLUTE } from "./operator";
import { deletePhoto, type Photo, photoOf, type Trouble } from "./photo";
import type { Random } from "./random";
import { RETENTION_SECONDS } from "./simulated-aws-clients";
import { RECORD_TTL_SECONDS, type SimulatedSystem } from "./simulated-system";

const KEYS = ["uploads/ann/a.jpg", "uploads/bob/b.jpg", "uploads/c.jpg"] as const;
const TROUBLES = [
  "get refused",
  "get fails",
  "get cut short",
  "put fails",
  "commit fails",
  "decoder hangs",
  "decoder crashes",
] as const;
const IGNORED_RECORD = {
  eventVersion: "2.1",
  eventName: "ObjectRemoved:Delete",
  eventTime: "2026-01-01T00:00:00Z",
  s3: { bucket: { name: "photos" }, object: { key: "uploads/gone.jpg" } },
};
const MALFORMED_RECORD = { eventVersion: "2.1" };

/** Clocks are ahead by as much or behind: an hour apart. */
const HALF_HOUR_MS = 1_800_000;
const HOUR_MS = 3_600_000;

/** Puts photos, breaks things and plans deliveries: everything that the seed decides beforehand. */
export function planScenario(system: SimulatedSystem, random: Random): void {
  setWeather(system, random);
  const photos = putPhotos(system, random);
  for (const delivery of eventsOf(photos, system, random)) {
    // Some wait for their turn.
    const delayMs = random.chance(0.1) ? soonOrLater(random) : random.between(0, 200);
    system.deliver(delivery, delayMs);
    // S3 delivers at least once; so does Lambda's queue, then under the same request id.
    if (random.chance(0.3)) system.deliver({ ...delivery, requestId: system.newRequestId() }, soonOrLater(random));
    if (random.chance(0.2)) system.deliver(delivery, soonOrLater(random));
  }
  if (random.chance(0.3)) planLateDeliveries(photos, system, random);
  planEarlyReplays(system, random);
  if (random.chance(0.3)) planReopenings(system, random);
  if (random.chance(0.2)) planDeletions(system, random);
  if (random.chance(0.12)) planVerification(photos, system, random);
  if (random.chance(0.05)) planRepeatedUpload(system, random);
  if (random.chance(0.08)) planBackfill(system, random);
  if (random.chance(0.05)) planContention(photos, system, random);
  if (random.chance(0.05)) planLoss(photos, system, random);
}

/** Requests of one command, and some more. */
const LAST_CRASHING_REQUEST = 9;

const moodOf = (random: Random): Mood => ({
  thinkMs: random.pick([0, random.between(0, 50), random.between(0, 20_000)]),
  ...(random.chance(0.3) && {
    pauseMs: () => random.pick([0, random.between(0, 50), random.between(0, 20_000)]),
  }),
  ...(random.chance(0.3) && {
    crash: {
      atCall: random.between(1, LAST_CRASHING_REQUEST),
      when: random.pick(["before sending", "after sending"]),
    },
  }),
});

const deliverAgain = (photo: Photo, system: SimulatedSystem): void =>
  system.deliver({ event: { Records: [photo.eventRecord] }, requestId: system.newRequestId(), photos: [photo] }, 0);

/**
 * An operator who verifies and repairs, soon or hours later, just when images are processed again whose previews were left over: all
 * that stood in the way of their commits is over by then.
 */
function planVerification(photos: readonly Photo[], system: SimulatedSystem, random: Random): void {
  const { agenda, operator } = system;
  for (const photo of photos) if (random.chance(0.7)) photo.trouble = "commit fails";
  const atMs = random.chance(0.3) ? random.between(400_000, 2 * HOUR_MS) : random.between(6 * HOUR_MS, 10 * HOUR_MS);
  agenda.after(atMs - 5_000, () => {
    for (const photo of photos) photo.trouble = undefined;
  });
  const slowly = () => random.between(0, 200);
  agenda.after(atMs, () => operator.verify(random.pick([moodOf(random), RESOLUTE, { thinkMs: 0, pauseMs: slowly }])));
  for (const photo of photos)
    if (random.chance(0.8)) agenda.after(atMs + random.between(-200, 600), () => deliverAgain(photo, system));
  if (random.chance(0.3)) agenda.after(atMs + random.between(-500, 500), () => operator.replay(RESOLUTE));
}

/** An upload of the same bytes to the same key, whose event waits while an operator deletes the one before. */
function planRepeatedUpload(system: SimulatedSystem, random: Random): void {
  const { agenda, buckets, operator } = system;
  const facts = { key: "uploads/ann/again.jpg", content: "photo again", versioned: false, poison: false };
  const putAtMs = agenda.nowMs - 5_000;
  const first = photoOf({ ...facts, number: 8, putAtMs });
  const second = photoOf({ ...facts, number: 9, putAtMs: putAtMs + random.between(1_000, 5_000) });
  buckets.photos.push(first, second);
  deliverAgain(first, system);
  agenda.after(random.between(1_000, 60_000), () => operator.delete(first, moodOf(random)));
  agenda.after(random.between(0, 120_000), () => deliverAgain(second, system));
}

const BACKFILLED_PREFIX = "uploads/dora/";
/** S3 and Lambda's own queue are done with an event by then; in a queue it waits at most as long as messages are kept. */
const LONGEST_WAIT_MS: Readonly<Record<UploadTriggerKind, number>> = {
  lambda: 3_300_000,
  queue: RETENTION_SECONDS * 1000 - HOUR_MS,
};

/** Old objects, some of whose events are lost and some still waiting, and one or two operators who backfill. */
function planBackfill(system: SimulatedSystem, random: Random): void {
  const { agenda, buckets, operator, trigger } = system;
  for (const number of [5, 6]) {
    const key = `${BACKFILLED_PREFIX}${number}.jpg`;
    const facts = { number, key, content: `photo ${number}`, versioned: false, poison: random.chance(0.1) };
    const photo = photoOf({ ...facts, putAtMs: agenda.nowMs - random.between(1_000, 10_000) });
    buckets.photos.push(photo);
    if (random.chance(0.2)) deliverAgain(photo, system);
    else if (random.chance(0.6))
      system.deliver(
        { event: { Records: [photo.eventRecord] }, requestId: system.newRequestId(), photos: [photo] },
        random.between(0, LONGEST_WAIT_MS[trigger]),
      );
  }
  for (let time = random.pick([1, 1, 2]); time > 0; time -= 1) {
    const minAgeSeconds = random.pick([undefined, 7_200]);
    const atMs = random.pick([3 * HOUR_MS, random.between(2 * HOUR_MS, 12 * HOUR_MS)]) + random.between(0, 300);
    agenda.after(atMs, () => operator.backfill(BACKFILLED_PREFIX, minAgeSeconds, moodOf(random)));
  }
}

/** Two operators with one image: one deletes it, the other has it processed again. */
function planContention(photos: readonly Photo[], system: SimulatedSystem, random: Random): void {
  const { agenda, operator } = system;
  for (const photo of photos) {
    const atMs = random.between(1_000, 60_000);
    agenda.after(atMs, () => operator.delete(photo, moodOf(random)));
    agenda.after(atMs + random.between(0, 1_000), () => operator.reprocess(photo, { ...moodOf(random), thinkMs: 0 }));
  }
}

/** Somebody deletes a preview by hand. */
function planLoss(photos: readonly Photo[], system: SimulatedSystem, random: Random): void {
  for (const { imageId } of photos)
    system.agenda.after(random.between(1_000, 300_000), () => {
      const record = system.table.itemOf(imageId);
      const [key] = Object.values(record?.previews ?? {});
      if (record?.processingStatus === "completed" && key) system.buckets.losePreview(key);
    });
}

/** Between the last claim and the time to live of its record. */
const BEFORE_EXPIRY_MS = 7_200_000;
const DAYS_UNTIL_DELETED = 2;

/** Events that come when the record of their photo is about to expire or has expired: retries, replays, a queue that waited. */
function planLateDeliveries(photos: readonly Photo[], system: SimulatedSystem, random: Random): void {
  const { agenda, table } = system;
  const around = (): number =>
    random.pick([random.between(-5_000, 20_000), random.between(-BEFORE_EXPIRY_MS / 2, BEFORE_EXPIRY_MS / 2)]);
  for (const photo of photos)
    agenda.after(RECORD_TTL_SECONDS * 1000 - BEFORE_EXPIRY_MS, () => {
      const { ttl = 0, leaseOwner } = table.itemOf(photo.imageId) ?? {};
      const expiresInMs = ttl * 1000 - agenda.nowMs;
      if (expiresInMs < BEFORE_EXPIRY_MS / 2) return;
      const sameRequest = random.chance(0.3) ? leaseOwner : undefined;
      for (let time = random.pick([1, 1, 2]); time > 0; time -= 1) {
        const requestId = sameRequest ?? system.newRequestId();
        const event = { Records: [photo.eventRecord] };
        const delivery = { event, requestId, photos: [photo] };
        const waitedTooLong = random.chance(0.1);
        agenda.after(expiresInMs + around(), () =>
          waitedTooLong ? system.giveUpUntried(delivery) : system.deliver(delivery, 0),
        );
      }
      // An operator looks just before, and acts when the record may have begun another life.
      const look = (act: (mood: Mood) => void): void => {
        const mood = { ...moodOf(random), thinkMs: random.between(0, 40_000) };
        agenda.after(expiresInMs - random.between(0, 10_000), () => act(mood));
      };
      if (random.chance(0.4)) look((mood) => system.operator.reprocess(photo, mood));
      if (random.chance(0.4)) look((mood) => system.operator.delete(photo, mood));
      if (random.chance(0.7))
        agenda.after(expiresInMs + random.pick([random.between(1_000, 20_000), DAYS_UNTIL_DELETED * 86_400_000]), () =>
          table.expire(photo.imageId, agenda.nowMs),
        );
    });
}

/** An operator who deletes images while their deliveries are still under way, or dies meanwhile. */
function planDeletions(system: SimulatedSystem, random: Random): void {
  for (const photo of system.buckets.photos)
    if (random.chance(0.7))
      system.agenda.after(soonOrLater(random), () => system.operator.delete(photo, moodOf(random)));
}

/** The operator calls again for what was not deleted to its end. */
export function deleteRest(system: SimulatedSystem): void {
  for (const photo of system.buckets.photos)
    if (system.invariants.isRetired(photo.imageId)) system.operator.delete(photo, RESOLUTE);
}

/** An operator who has images processed again while their deliveries are still under way. */
function planReopenings(system: SimulatedSystem, random: Random): void {
  for (const photo of system.buckets.photos) {
    const times = random.pick([1, 1, 2]);
    for (let time = 0; time < times; time += 1)
      system.agenda.after(soonOrLater(random), () => system.operator.reprocess(photo, moodOf(random)));
  }
}

/** The operator has everything processed that still is not done. */
export function reprocessUnfinished(system: SimulatedSystem): void {
  for (const photo of system.buckets.photos)
    if (system.table.itemOf(photo.imageId)?.processingStatus === "pending") system.operator.reprocess(photo, RESOLUTE);
}

/** An operator who replays what fails, before anything was repaired. */
function planEarlyReplays(system: SimulatedSystem, random: Random): void {
  let patience = random.pick([0, 0, 0, 1, 2]);
  system.onDeadLetter = () => {
    if (patience === 0) return;
    patience -= 1;
    system.agenda.after(random.between(0, 200_000), () => system.operator.replay(moodOf(random)));
  };
}

/** The operator repairs everything. */
export function repair(system: SimulatedSystem): void {
  for (const photo of system.buckets.photos) photo.trouble = undefined;
  system.network.weather = CALM;
  system.processor.weather = HEALTHY;
  system.recorder.weather = HEALTHY;
  system.onDeadLetter = () => undefined;
}

function setWeather(system: SimulatedSystem, random: Random): void {
  const severity = random.pick([0, 0.02, 0.1, 0.3]);
  const upTo = (maximum: number): number => random.next() * maximum;
  system.network.weather = {
    failure: upTo(severity),
    lostReply: upTo(severity),
    resent: upTo(severity),
    stall: upTo(severity) / 4,
    slow: upTo(severity),
  };
  const maxClockSkewMs = random.pick([0, 0, 100, HALF_HOUR_MS]);
  system.operatorSkewMs = random.between(-maxClockSkewMs, maxClockSkewMs);
  system.invariants.maxClockDifferenceMs = 2 * maxClockSkewMs;
  const crash = random.pick([0, 0.1, 0.4, 0.8]);
  system.processor.weather = { crash, throttled: random.pick([0, 0, 0.05]), maxClockSkewMs };
  system.recorder.weather = { crash: random.pick([0, 0, 0.3]), throttled: 0, maxClockSkewMs };
}

function putPhotos(system: SimulatedSystem, random: Random): readonly Photo[] {
  const { photos } = system.buckets;
  const versioned = random.chance(0.5);
  const count = random.pick([1, 1, 2, 3]);
  for (let number = 1; number <= count; number += 1) {
    const key = random.chance(0.02) ? "uploads/ann/%E0" : random.pick(KEYS);
    const previous = photos.find((photo) => photo.key === key);
    const poison = random.chance(0.1);
    const again = previous && previous.poison === poison && random.chance(0.2);
    const content = again ? previous.content : `${poison ? "poison" : "photo"} ${number}`;
    const putAtMs = system.agenda.nowMs - 10_000 + number * 1_500;
    const photo = photoOf({ number, key, content, versioned, putAtMs, poison });
    if (random.chance(0.15)) photo.trouble = random.pick<Trouble>(TROUBLES);
    photos.push(photo);
    if (random.chance(0.05)) system.agenda.after(random.between(0, 300_000), () => deletePhoto(photo, photos));
  }
  return [...photos];
}

function eventsOf(photos: readonly Photo[], system: SimulatedSystem, random: Random): readonly Delivery[] {
  const together = random.chance(0.2);
  const groups = together ? [photos] : photos.map((photo) => [photo]);
  return groups.map((group) => {
    const records = group.map(({ eventRecord }) => eventRecord);
    if (random.chance(0.05)) records.unshift(IGNORED_RECORD);
    if (random.chance(0.05)) records.unshift(MALFORMED_RECORD);
    return { event: { Records: records }, photos: group, requestId: system.newRequestId() };
  });
}

/** At the same time, between the first one's retries, or long after. */
const soonOrLater = (random: Random): number =>
  random.pick([random.between(0, 300), random.between(0, 70_000), random.between(0, 300_000)]);
