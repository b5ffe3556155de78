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

/** The part of a config that the client needs. */
export interface TokenConfig {
  readonly tokenHeader: TokenHeader;
}

/**
 * The only way to GitLab: base URL, authentication, budget, error mapping. Throws ProviderError. Reads use the names of
 * Gitbeaker's resource classes; writes name their paths themselves, because previews show them.
 */
export class GitLabClient {
  /** The base URL of the instance, path prefix included. */
  readonly instance: string;
  readonly #header: TokenHeader;
  readonly #deps: ProviderDeps;
  /** Resolved once per operation. */
  #secret: Secret | undefined;
  #reading: { readonly signal: AbortSignal; readonly resources: Promise<Resources> } | undefined;

  constructor({ endpoint, config }: IntegrationConfig<TokenConfig>, deps: ProviderDeps) {
    this.instance = instanceOf(endpoint);
    this.#header = config.tokenHeader;
    this.#deps = deps;
  }

  /** Throws `permission_missing` if the credential is a CI job token, which may read merge requests and little else. */
  // https://docs.gitlab.com/ci/jobs/ci_job_token/#job-token-access
  refuseJobToken(what: string): void {
    if (this.#header !== 'JOB-TOKEN') return;
    const why = 'GitLab lets CI job tokens read merge requests and their comments, but not this';
    const instead = 'use a project access token with the scope api';
    throw new ProviderError('permission_missing', `A CI job token may not ${what}: ${why}; ${instead}`);
  }

  /** Makes a call. If GitLab refuses the token, reads the secret again and retries once if it has changed. */
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

  /** Gitbeaker's resource classes, for reading. */
  read(signal: AbortSignal): Promise<Resources> {
    if (this.#reading?.signal !== signal) {
      this.#reading = { signal, resources: resources((request) => this.call(request, signal)) };
    }
    return this.#reading.resources;
  }

  /** The id of the token's user, who is the author of everything we write. */
  async ownUserId(signal: AbortSignal): Promise<number> {
    const found = await this.#kept(['user'], signal, async (lookupSignal) => {
      const { users } = await this.read(lookupSignal);
      const { id } = (await users.showCurrentUser()) as { id?: unknown };
      if (typeof id !== 'number') throw unreadable('GET /user');
      return String(id);
    });
    return Number(found);
  }

  /** Runs `work` with a project's id: its path, or its number if a proxy rejects the path or the project has moved. */
  async atProject<T>(path: string, work: (id: string) => Promise<T>, signal: AbortSignal): Promise<T> {
    const id = await this.#kept(['project', path], signal, async () => path);
    try {
      return await work(id);
    } catch (error) {
      const isRefused = isPathRefused(error);
      if (!isRefused && !isProjectMoved(error)) throw error;
      const number = isRefused ? await this.#listedNumber(path, error, signal) : await this.#numberBehind(path, signal);
      // Later calls use the number at once.
      this.#deps.tokens.forget(await this.#key(['project', path], signal));
      return work(await this.#kept(['project', path], signal, async () => String(number)));
    }
  }

  /** GitLab redirects reads of a project that has moved. */
  async #numberBehind(path: string, signal: AbortSignal): Promise<number> {
    const { projects } = await this.read(signal);
    const { id } = (await projects.show(path)) as { id?: unknown };
    if (typeof id !== 'number') throw unreadable('the request for a project');
    return id;
  }

  /** The project's number, for when a proxy rejects `%2F` in a path. Throws `refusal` if the project is not listed. */
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
    lookUp: (signal: AbortSignal) => Promise<string>,
  ): Promise<string> {
    return keptFact(this.#deps, await this.#key(name, signal), lookUp, signal);
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
