// Drives a site through confluence.js, which validates every answer; the later steps use what the earlier ones made.
await import('./site.mjs');
await import('./pages.mjs');
await import('./people.mjs');
await import('./copies.mjs');
