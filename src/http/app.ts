import { OpenAPIHono } from '@hono/zod-openapi';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { SoyleError } from '../errors.ts';
import { addAlltalk } from './alltalk.ts';
import { addAvatar } from './avatar.ts';
import { addAvatars } from './avatars.ts';
import { rejectInvalid } from './body.ts';
import { addChunkFiles } from './chunk-files.ts';
import { addChunks } from './chunks.ts';
import { addCleanup } from './cleanup.ts';
import type { App, AppDeps, AppEnv } from './deps.ts';
import { addDocs } from './docs.ts';
import { answerErrors, errorAnswer } from './errors.ts';
import { addGenerate } from './generate.ts';
import { addGenerateCustom } from './generate-custom.ts';
import { allowOrigins, logRequests, nameRequest, secure } from './headers.ts';
import { addHealth } from './health.ts';
import { detectLanguage } from './language.ts';
import { addModels } from './models.ts';
import { addOpenai, openaiErrors } from './openai.ts';
import { addPages } from './pages.ts';
import { routingPath } from './prefix.ts';
import { addTts } from './tts.ts';
import { addVoices } from './voices.ts';

/** The whole HTTP floor as one app that never listens: server.ts gives it a socket, tests call it in memory. */
export function createApp(deps: AppDeps): App {
  const { log, settings } = deps;
  const app: App = new OpenAPIHono<AppEnv>({
    getPath: routingPath,
    defaultHook: rejectInvalid(settings.maxTextChars),
  });

  app.use(nameRequest(settings), logRequests(log), secure(), allowOrigins(settings), detectLanguage());
  app.use('/v1/*', openaiErrors());
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const allow = methods.join(', ');
        c.header('Allow', allow);
        return errorAnswer(c, new SoyleError('method_not_allowed', { allow }));
      },
    }),
  );
  app.onError(answerErrors(log));
  app.notFound((c) => errorAnswer(c, new SoyleError('not_found')));

  addChunks(app, deps);
  addChunkFiles(app, deps);
  addGenerate(app, deps);
  addGenerateCustom(app, deps);
  addVoices(app, deps);
  addTts(app, deps);
  addAlltalk(app, deps);
  addOpenai(app, deps);
  addAvatar(app, deps);
  addAvatars(app, deps);
  addModels(app, deps);
  addHealth(app, deps);
  addCleanup(app, deps);
  addDocs(app, deps);
  addPages(app, deps);
  return app;
}
