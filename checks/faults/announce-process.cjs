"use strict";
// Preloaded into a sandbox with NODE_OPTIONS: the AWS SDK then puts the process id into the User-Agent of every request
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html), so that a proxy knows whose request it sees.
const { env, pid } = process;
env.AWS_SDK_UA_APP_ID = String(pid);
