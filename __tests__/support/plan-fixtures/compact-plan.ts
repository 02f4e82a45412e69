interface StateModule {
  readonly resources?: readonly { readonly mode: string; readonly type: string }[];
}

const DATA_SOURCES = ["archive_file", "aws_caller_identity"];

/** What the review reads of a plan, and nothing that differs from run to run. */
export function compactPlan(text: string): unknown {
  const { planned_values, timestamp, relevant_attributes, prior_state, configuration, ...plan } = JSON.parse(text);
  const root: StateModule = prior_state?.values?.root_module ?? {};
  const resources = (root.resources ?? []).filter(({ type }) => DATA_SOURCES.includes(type));
  return {
    ...plan,
    planned_values: {},
    prior_state: { format_version: "1.0", values: { root_module: { resources } } },
    configuration: { ...configuration, root_module: withoutConstants(configuration.root_module) },
  };
}

/** Constants stand in the changes too. */
function withoutConstants(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutConstants);
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) => (key === "constant_value" ? [] : [[key, withoutConstants(value)]])),
  );
}
