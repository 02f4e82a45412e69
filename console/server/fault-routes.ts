import * as v from "valibot";
import { describeIssue } from "../../contract/processing-settings";
import { UPLOAD_FAULTS, type UploadFaults } from "../../local/faults/upload-faults";
import { BadRequest } from "./bad-request";
import { type Route, readObject, sendJson } from "./exchange";

const MAX_UPLOADS = 1000;
const UPLOADS_EXPECTATION = `must be an integer from 0 to ${MAX_UPLOADS}`;
const ATTEMPTS_EXPECTATION = 'must be "first" or "every"';

const armRequest = v.object({
  uploads: v.pipe(
    v.number(UPLOADS_EXPECTATION),
    v.integer(UPLOADS_EXPECTATION),
    v.minValue(0, UPLOADS_EXPECTATION),
    v.maxValue(MAX_UPLOADS, UPLOADS_EXPECTATION),
  ),
  attempts: v.picklist(["first", "every"], ATTEMPTS_EXPECTATION),
});

/** Switches for the next uploads: `PUT /api/faults/{fault}` with `{"uploads": 3, "attempts": "first"}`. */
export const faultRoutes = (faults: UploadFaults): readonly Route[] => [
  {
    method: "PUT",
    path: /^\/api\/faults\/([a-z0-9_]{1,32})$/,
    answer: async ({ request, response, parameters: [name] }) => {
      const fault = UPLOAD_FAULTS.find((known) => known === name);
      if (!fault) return sendJson(response, 404, { error: "no such fault" });
      const body = { uploads: null, attempts: null, ...(await readObject(request, "a JSON object with both fields")) };
      const parsed = v.safeParse(armRequest, body);
      if (!parsed.success) throw new BadRequest(parsed.issues.map((issue) => describeIssue(issue, body)).join("; "));
      faults.arm({ fault, ...parsed.output });
      sendJson(response, 200, { armed: faults.armed });
    },
  },
];
