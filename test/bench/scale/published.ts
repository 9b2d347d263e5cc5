/** What others have published, to set the scale figures beside. */
export const publishedFlux: readonly string[] = [
  'Published by Flux (its MTTP benchmark; kustomize-controller, 2 processors, 20 at a time): 1,000 Kustomizations in',
  '4 min 13 s with 223 MiB; for its versions 2.2 to 2.6 it says 4 min 15 s to 4 min 16 s with 112 to 190 MiB.',
  'Alike: one controller on two processors, 1,000 items of a few documents each, compared with what runs over an API.',
  'Not alike: there all 1,000 change at once, are fetched, built, and applied object by object (four each) to a',
  'Kubernetes API server; here a pass finds nothing to change, and the engine is a double. So the times must not be',
  'divided by each other; what can be set side by side is the memory that it takes to keep 1,000 of them in sync.',
];
