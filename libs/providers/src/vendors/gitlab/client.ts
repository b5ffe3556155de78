import {
  type EgressResponse,
  type IntegrationConfig,
  keptFact,
  type ProviderDeps,
  ProviderError,
  type Secret,
  shortHash,
} from '@integrations/provider-kit';
import { instanceOf } from './addresses';
import { isPathRefused, isProjectMoved, unreadable } from './errors';
import { type Resources, resources } from './gitbeaker';
import { kindOf, pauseMs } from './pacing';
import { answerOf, type ApiAnswer, type ApiRequest, send, type TokenHeader } from './transport';

/** What of a config says how GitLab is asked. */
export interface TokenConfig {
  readonly tokenHeader: TokenHeader;
}

/**
 * The one way to GitLab: base URL, authentication, budget, error mapping. Throws ProviderError. What is read is named by
 * Gitbeaker's resource classes; what is written is ours to name, since previews show it.
 */
export class GitLabClient {
  /** The base URL of the instance, path prefix included. */
  readonly instance: string;
  readonly #header: TokenHeader;
  readonly #deps: ProviderDeps;
  /** Resolved once for an operation. */
  #secret: Secret | undefined;
  #reading: { readonly signal: AbortSignal; readonly resources: Promise<Resources> } | undefined;

  constructor({ endpoint, config }: IntegrationConfig<TokenConfig>, deps: ProviderDeps) {
    this.instance = instanceOf(endpoint);
    this.#header = config.tokenHeader;
    this.#deps = deps;
  }

  /** Throws `permission_missing` where a CI job token is configured, which may read merge requests and little else. */
  // https://docs.gitlab.com/ci/jobs/ci_job_token/#job-token-access
  refuseJobToken(what: string): void {
    if (this.#header !== 'JOB-TOKEN') return;
    const why = 'GitLab lets CI job tokens read merge requests and their comments, and nothing of this';
    const instead = 'use a project access token with the scope api';
    throw new ProviderError('permission_missing', `A CI job token may not ${what}: ${why}; ${instead}`);
  }

  /** One call; a token that GitLab refuses is asked of the store once more. */
  async call(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer> {
    const { credential, gate } = this.#deps;
    const token = await this.#token(signal);
    const kind = kindOf(request.method, request.path);
    if (kind) await gate?.spend(kind);
    const response = await this.#send(request, token, signal);
    if (response.status !== 401) return this.#answer(request, response);
    credential.forget();
    this.#secret = undefined;
    const renewed = await this.#token(signal);
    return this.#answer(request, renewed === token ? response : await this.#send(request, renewed, signal));
  }

  /** What can be read, in Gitbeaker's words. */
  read(signal: AbortSignal): Promise<Resources> {
    if (this.#reading?.signal !== signal) {
      this.#reading = { signal, resources: resources((request) => this.call(request, signal)) };
    }
    return this.#reading.resources;
  }

  /** The id of the user that the token is of: who writes what we write. */
  async ownUserId(signal: AbortSignal): Promise<number> {
    const found = await this.#kept(['user'], signal, async (looking) => {
      const { users } = await this.read(looking);
      const { id } = (await users.showCurrentUser()) as { id?: unknown };
      if (typeof id !== 'number') throw unreadable('GET /user');
      return String(id);
    });
    return Number(found);
  }

  /** Work on a project, handed its id: its path, or its number where the path cannot be said in a URL, or is an old one. */
  async atProject<T>(path: string, work: (id: string) => Promise<T>, signal: AbortSignal): Promise<T> {
    const id = await this.#kept(['project', path], signal, async () => path);
    try {
      return await work(id);
    } catch (error) {
      const isRefused = isPathRefused(error);
      if (!isRefused && !isProjectMoved(error)) throw error;
      const number = isRefused ? await this.#listedNumber(path, error, signal) : await this.#numberBehind(path, signal);
      // From now on it is known by that.
      this.#deps.tokens.forget(await this.#key(['project', path], signal));
      return work(await this.#kept(['project', path], signal, async () => String(number)));
    }
  }

  /** Reads of a project that has moved are redirected. */
  async #numberBehind(path: string, signal: AbortSignal): Promise<number> {
    const { projects } = await this.read(signal);
    const { id } = (await projects.show(path)) as { id?: unknown };
    if (typeof id !== 'number') throw unreadable('the question for a project');
    return id;
  }

  /** Where a proxy on the way takes no `%2F` in a path. Throws `refusal` if there is no such project. */
  async #listedNumber(path: string, refusal: ProviderError, signal: AbortSignal): Promise<number> {
    const { projects } = await this.read(signal);
    const query = { search: path, searchNamespaces: true, simple: true, page: 1, perPage: 100 } as const;
    const found = (await projects.all(query)) as readonly { id: number; path_with_namespace: string }[];
    const project = found.find((one) => one.path_with_namespace.toLowerCase() === path.toLowerCase());
    if (!project) throw refusal;
    return project.id;
  }

  async #kept(
    name: readonly string[],
    signal: AbortSignal,
    look: (signal: AbortSignal) => Promise<string>,
  ): Promise<string> {
    return keptFact(this.#deps, await this.#key(name, signal), look, signal);
  }

  async #key(name: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    return [this.instance, 'gitlab', shortHash(await this.#token(signal)), ...name];
  }

  async #token(signal: AbortSignal): Promise<string> {
    this.#secret ??= await this.#deps.credential.resolve(signal);
    return this.#secret.reveal();
  }

  #send(request: ApiRequest, value: string, signal: AbortSignal): Promise<EgressResponse> {
    return send(this.#deps.egress, this.instance, request, { header: this.#header, value }, signal);
  }

  #answer({ method, path }: ApiRequest, response: EgressResponse): ApiAnswer {
    const { clock, gate } = this.#deps;
    const pause = pauseMs(response.headers, clock.now());
    if (pause !== null) gate?.hold(pause);
    return answerOf(response, clock.now(), `${method} ${path}`);
  }
}
