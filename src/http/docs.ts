import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { App, AppDeps } from './deps.ts';
import { answerMedia, fileMedia } from './media.ts';
import { publicPrefix } from './prefix.ts';

const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;
const ASSET_DIR = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

// Every URL is relative, so that the page works under any prefix.
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Söyle API</title>
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

// A file of its own, because our content policy runs no inline scripts. The validator would be another site's.
const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
`;

/** What the routes are grouped by, in the order of the page. */
const TAGS = [
  { name: 'Speech', description: 'Text in, a talking avatar out' },
  { name: 'Voice', description: 'Text in, speech alone out' },
  { name: 'AllTalk', description: 'The same for clients of AllTalk TTS' },
  { name: 'OpenAI', description: 'The same for clients of OpenAI' },
  { name: 'Files', description: 'The video and the sound of a chunk' },
  { name: 'Avatar', description: 'What to show while nothing is said' },
  { name: 'Server', description: 'Its state and its upkeep' },
];

/** `/openapi.json`, made from the schemas that validate, and `/docs` to read it with. */
export function addDocs(app: App, { settings, health }: AppDeps): void {
  app.get('/openapi.json', (c) =>
    c.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Söyle',
          version: health().versions.soyle,
          description: 'Text in, lip-synced MP4 and WAV chunks out. Every route works again under `/r`.',
        },
        servers: [{ url: publicPrefix(c, settings.trustProxy) || '/', description: 'this server' }],
        tags: TAGS,
      }),
    ),
  );
  app.get('/docs', (c) => c.html(PAGE, 200, { 'Cache-Control': 'no-cache' }));
  app.get('/docs/start.js', (c) =>
    c.body(START, 200, { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-cache' }),
  );
  for (const asset of ASSETS) {
    app.get(`/docs/${asset}`, async (c) =>
      answerMedia(c, await fileMedia(join(ASSET_DIR, asset)), {
        cacheControl: 'public, max-age=3600',
        missing: 'not_found',
        embeddable: false,
      }),
    );
  }
}
