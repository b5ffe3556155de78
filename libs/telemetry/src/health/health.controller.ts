import { Controller, Get, Header, Inject, Res, ServiceUnavailableException } from '@nestjs/common';
import { type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { isReady, type ReadinessCheck, READINESS_CHECKS } from './readiness';

interface StatusReply {
  status(code: number): unknown;
}

@Controller('health')
export class HealthController {
  #lastFailing = '';

  constructor(
    @Inject(READINESS_CHECKS) private readonly checks: readonly ReadinessCheck[],
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @InjectPinoLogger(HealthController.name) private readonly log: PinoLogger,
  ) {}

  /** The process answers. Checks nothing else, so that a database outage does not restart the app. */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  /** 200 if every check passes; otherwise, and while shutting down, 503 with the failing checks under `error`. */
  @Get('ready')
  @Header('Cache-Control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: StatusReply): Promise<unknown> {
    try {
      const result = await this.health.check(this.checks.map((check) => () => this.#indicate(check)));
      this.#logChange([]);
      return result;
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      // Answered here instead of rethrown: an app's own exception filter would hide which check failed.
      reply.status(503);
      const result = error.getResponse() as HealthCheckResult;
      this.#logChange(Object.keys(result.error ?? {}));
      return result;
    }
  }

  async #indicate(check: ReadinessCheck) {
    const indicator = this.indicators.check(check.name);
    return (await isReady(check)) ? indicator.up() : indicator.down();
  }

  #logChange(failing: readonly string[]): void {
    const now = failing.join();
    if (now === this.#lastFailing) return;
    this.#lastFailing = now;
    if (failing.length > 0) this.log.warn({ failing }, 'not ready');
    else this.log.info('ready again');
  }
}
