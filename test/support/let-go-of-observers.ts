import { PerformanceObserver } from 'node:perf_hooks';

// prom-client observes the garbage collector for as long as the process lives. In a worker that runs many spec files, that
// would keep the modules of each, and every collection would be counted for all of them.
const { prototype } = PerformanceObserver;
const { observe } = prototype;
const observers: PerformanceObserver[] = [];

prototype.observe = function (this: PerformanceObserver, ...options: Parameters<typeof observe>) {
  observers.push(this);
  observe.apply(this, options);
};

afterAll(() => {
  for (const observer of observers) observer.disconnect();
  prototype.observe = observe;
});
