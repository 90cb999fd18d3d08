import { join } from 'node:path';
import type { App, AppContext, AppDeps } from './deps.ts';
import { answerMedia, fileMedia } from './media.ts';

// One plain name in one folder: no separators, no leading dot, known types only.
const ASSET = '/:asset{[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*\\.(?:html|js|css|svg|png|jpg|webp|ico|woff2|webmanifest)}';
/** What other sites load to show the avatar: the element's module, what it imports, its styles. */
const SHARED = /\.(js|css)$/;

/** The pages at `/` and `/avatars`, and what lies beside them in `webDir`. */
export function addPages(app: App, { webDir }: AppDeps): void {
  const answer = async (c: AppContext, name: string) =>
    answerMedia(c, await fileMedia(join(webDir, name)), {
      cacheControl: 'no-cache',
      missing: 'not_found',
      embeddable: SHARED.test(name),
    });
  app.get('/', (c) => answer(c, 'index.html'));
  app.get('/avatars', (c) => answer(c, 'avatars.html'));
  app.get(ASSET, (c) => answer(c, c.req.param('asset')));
  // Relative links on the page need the slash; so does a prefix in front of it, hence no absolute target.
  app.get('/r', (c) => c.redirect('r/', 308));
}
