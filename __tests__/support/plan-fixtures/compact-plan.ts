interface StateModule {
  readonly resources?: readonly { readonly mode: string; readonly type: string }[];
}

/** What the review reads of a plan, and nothing that differs from run to run. */
export function compactPlan(text: string): unknown {
  const { planned_values, configuration, timestamp, relevant_attributes, prior_state, ...plan } = JSON.parse(text);
  const root: StateModule = prior_state?.values?.root_module ?? {};
  const archives = (root.resources ?? []).filter(({ type }) => type === "archive_file");
  return {
    ...plan,
    planned_values: {},
    prior_state: { format_version: "1.0", values: { root_module: { resources: archives } } },
  };
}
