/* One AdEx neuron with N Poisson inputs, live in a page; and the regression, which tells from its
   voltage which of ten spike trains are inputs. Plain JavaScript, in the page of charts and on the
   documentation's front page: <div class="live-neuron"></div>. docs/model.md, docs/regression.md */
"use strict";
const LiveNeuron = (() => {
const DT = 1e-4, STEPS_PER_BIN = 10;  // bins of 1 ms
const ADEX = {C: 104e-12, g_L: 4.3e-9, E_L: -65e-3, V_T: -52e-3, Δ_T: .8e-3, V_spike: 40e-3, V_reset: -53e-3, a: -.8e-9, b: 65e-12, τ_w: 88e-3, E_exc: 0, E_inh: -80e-3, τ_g: 7e-3, inh_to_exc_weight: 4};

/* --- The neuron, in SI units --- */

class Neuron {
  constructor(weight, parameters = {}) {
    Object.assign(this, {p: {...ADEX, ...parameters}, weight, V: ADEX.E_L, w: 0, G_exc: 0, G_inh: 0});
  }

  /* One step of the forward Euler method, after some input spikes; whether the neuron spikes. */
  step(n_exc, n_inh) {
    const {p, V, w} = this;
    this.G_exc += n_exc;
    this.G_inh += n_inh;
    const I_syn = this.weight * this.G_exc * (V - p.E_exc) + p.inh_to_exc_weight * this.weight * this.G_inh * (V - p.E_inh);
    const upstroke = p.g_L * p.Δ_T * Math.exp((V - p.V_T) / p.Δ_T);
    this.V += DT / p.C * (-p.g_L * (V - p.E_L) - I_syn - w + upstroke);
    this.w += DT / p.τ_w * (p.a * (V - p.E_L) - w);
    this.G_exc -= DT / p.τ_g * this.G_exc;
    this.G_inh -= DT / p.τ_g * this.G_inh;
    if (!(this.V > p.V_spike)) return false;
    this.V = p.V_reset;
    this.w += p.b;
    return true;
  }
}

/* V of every step, and the steps with a spike, for given numbers of input spikes in each step. */
function simulate(weight, exc, inh, parameters) {
  const neuron = new Neuron(weight, parameters), V = new Float64Array(exc.length), spikes = [];
  for (let i = 0; i < V.length; i++) {
    if (neuron.step(exc[i], inh[i])) spikes.push(i);
    V[i] = neuron.V;
  }
  return {V, spikes};
}

/* Uniform random numbers between 0 and 1 (mulberry32). */
function uniform(seed) {
  return () => {
    let x = seed = seed + 0x6D2B79F5 | 0;
    x = Math.imul(x ^ x >>> 15, x | 1);
    x ^= x + Math.imul(x ^ x >>> 7, x | 61);
    return ((x ^ x >>> 14) >>> 0) / 2 ** 32;
  };
}

/* A Poisson process: how many spikes there are in the next step, at some rate (Hz). */
function poisson(random) {
  let left = -Math.log(1 - random());  // until the next spike, in mean intervals
  return rate => {
    let n = 0;
    for (left -= rate * DT; left <= 0; n++) left -= Math.log(1 - random());
    return n;
  };
}

/* --- The regression: steps 1-5 and 7 of docs/regression.md, for few trains. Generators, which
   pause so that the page goes on. --- */

const PADDING = 500, MAX_LAG = 400, LONGEST_GAP = 100, SEGMENT = 2048, MIN_SEGMENTS = 16, OWN_SPIKE = 15;  // bins; the last, steps
const N_SURROGATES = 200, INTERVAL = 50, FALSE_DISCOVERY_RATE = .05;
const AFTERPOTENTIALS = [3, 10, 30, 90, 250], RISES = [1, 2, 3, 4, 5, 6, 8, 10], DECAYS = [6, 8, 10, 13, 16, 20, 25, 32, 40];  // ms

function dot(x, y) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

function sum_at(values, bins) {
  let sum = 0;
  for (const bin of bins) sum += values[bin];
  return sum;
}

const cosines = new Map();  // by length: cos(2πk / n)

/* In place; with re and im exchanged, the inverse times the length, a power of two. */
function fft(re, im) {
  const n = re.length;
  if (!cosines.has(n)) cosines.set(n, Float64Array.from({length: n}, (_, k) => Math.cos(2 * Math.PI * k / n)));
  const cos = cosines.get(n);
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      let swapped = re[i]; re[i] = re[j]; re[j] = swapped;
      swapped = im[i]; im[i] = im[j]; im[j] = swapped;
    }
  }
  for (let half = 1, turn = n >> 1; half < n; half *= 2, turn >>= 1) {
    for (let begin = 0; begin < n; begin += 2 * half) {
      for (let k = 0, a = begin, b = begin + half; k < half; k++, a++, b++) {
        const c = cos[k * turn], s = cos[k * turn + (n >> 2) & n - 1];  // s: -sin
        const x = re[b] * c - im[b] * s, y = re[b] * s + im[b] * c;
        re[b] = re[a] - x; im[b] = im[a] - y;
        re[a] += x; im[a] += y;
      }
    }
  }
}

function transform(x, n = x.length) {
  const re = new Float64Array(n), im = new Float64Array(n);
  re.set(x);
  fft(re, im);
  return {re, im};
}

/* x, filtered by a response, or by its conjugate. */
function filtered(x, {re, im}, sign = 1) {
  const X = transform(x), n = x.length;
  for (let k = 0; k < n; k++) {
    const x = X.re[k], y = X.im[k], response_im = sign * im[k];
    X.re[k] = x * re[k] - y * response_im;
    X.im[k] = y * re[k] + x * response_im;
  }
  fft(X.im, X.re);
  return X.re.map(v => v / n);
}

/* Runs of missing bins on a circle, [first, length]. */
function gaps_of(missing) {
  const n = missing.length, start = missing.indexOf(0), found = [];
  for (let i = start; i < start + n; i++) {
    if (!missing[i % n]) continue;
    if (!missing[(i - 1 + n) % n]) found.push([i % n, 0]);
    found.at(-1)[1]++;
  }
  return found;
}

/* Straight lines over short gaps, zeros in long ones; in place. */
function bridge(x, gaps) {
  const n = x.length;
  for (const [first, length] of gaps) {
    const [left, right] = length > LONGEST_GAP ? [0, 0] : [x[(first - 1 + n) % n], x[(first + length) % n]];
    for (let i = 0; i < length; i++) x[(first + i) % n] = left + (right - left) * (i + 1) / (length + 1);
  }
  return x;
}

/* The transposed operation. */
function unbridge(x, gaps) {
  const n = x.length;
  for (const [first, length] of gaps) {
    for (let i = 0; i < length; i++) {
      const value = x[(first + i) % n], part = (i + 1) / (length + 1);
      x[(first + i) % n] = 0;
      if (length > LONGEST_GAP) continue;
      x[(first - 1 + n) % n] += (1 - part) * value;
      x[(first + length) % n] += part * value;
    }
  }
  return x;
}

/* 1 / S of a signal (Welch's method) at the frequencies of a transform of length n. */
function precision(x, n) {
  const segment = Math.min(SEGMENT, Math.max(64, 2 ** Math.floor(Math.log2(x.length / MIN_SEGMENTS))));
  const taper = Float64Array.from({length: segment}, (_, i) => Math.sin(Math.PI * (i + .5) / segment) ** 2);
  const power = new Float64Array(segment), mean = x.reduce((sum, v) => sum + v) / x.length;
  let times = 0;
  for (let begin = 0; begin + segment <= x.length; begin += segment / 2, times++) {
    const {re, im} = transform(taper.map((v, i) => v * (x[begin + i] - mean)));
    for (let k = 0; k < segment; k++) power[k] += re[k] ** 2 + im[k] ** 2;
  }
  const log = power.map(v => Math.log(v / (times * dot(taper, taper))));
  const re = Float64Array.from({length: n}, (_, k) => {
    const at = Math.min(k, n - k) * segment / n, low = Math.floor(at), high = Math.min(low + 1, segment / 2);
    return k && Math.exp(-log[low] - (at - low) * (log[high] - log[low]));
  });
  return {re, im: new Float64Array(n)};
}

/* A potential with a peak of 1: means over bins, for spikes that lie anywhere in bin 0. */
function potential(rise, decay) {
  const ratio = rise / decay, peak = ratio ** (ratio / (1 - ratio)) - ratio ** (1 / (1 - ratio));
  const twice = (t, τ) => t > 0 ? τ * τ * (t / τ + Math.expm1(-t / τ)) : 0;  // ∫∫ exp(-t / τ)
  const at = t => twice(t, decay) - twice(t, rise);
  return Float64Array.from({length: 12 * decay}, (_, t) => (at(t + 1) - 2 * at(t) + at(t - 1)) / peak);
}

/* The lower triangle L of a symmetric matrix, A = L L'; in place. */
function cholesky(A) {
  A.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      let left = row[j];
      for (let k = 0; k < j; k++) left -= row[k] * A[j][k];
      row[j] = i === j ? Math.sqrt(left) : left / A[j][j];
    }
  });
  return A;
}

function forward(L, b) {  // L x = b
  const x = b.slice();
  L.forEach((row, i) => {
    for (let k = 0; k < i; k++) x[i] -= row[k] * x[k];
    x[i] /= row[i];
  });
  return x;
}

function backward(L, b) {  // L' x = b
  const x = b.slice();
  for (let i = x.length - 1; i >= 0; i--) {
    x[i] /= L[i][i];
    for (let k = 0; k < i; k++) x[k] -= L[i][k] * x[i];
  }
  return x;
}

/* Two-sided, of a standard normal number (Abramowitz & Stegun 7.1.26). */
function p_value(z) {
  const x = Math.abs(z) / Math.SQRT2, t = 1 / (1 + .3275911 * x);
  return t * (.254829592 + t * (-.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-x * x);
}

/* Which are called at a false-discovery rate of 5 % (Benjamini & Hochberg). */
function called(z) {
  const p = z.map(p_value), ranked = [...p].sort((a, b) => a - b);
  const last = ranked.findLastIndex((v, i) => v <= FALSE_DISCOVERY_RATE * (i + 1) / z.length);
  return p.map(v => last >= 0 && v <= ranked[last]);
}

/* Sizes of all trains by least squares on the whitened voltage, by conjugate gradients; t, and what
   is left of the voltage. Covariates are solved for in passing. */
function* least_squares(y, gaps, P, shape, trains, covariates, tolerance) {
  const n = y.length, h = potential(...shape), H = transform(h, n);
  const whitened = [];
  for (const g of covariates) {
    whitened.push(filtered(g, P));
    yield;
  }
  const L = cholesky(whitened.map(x => Float64Array.from(covariates, g => dot(x, g))));
  const without_covariates = x => {
    const sizes = backward(L, forward(L, Float64Array.from(whitened, g => dot(g, x))));
    covariates.forEach((g, j) => { for (let i = 0; i < n; i++) x[i] -= sizes[j] * g[i]; });
    return x;
  };
  const predict = sizes => {
    const drive = new Float64Array(n);
    trains.forEach((bins, k) => { for (const bin of bins) drive[bin] += sizes[k]; });
    return bridge(filtered(drive, H), gaps);
  };
  const look_up = x => {
    const back = filtered(x, H, -1);
    return Float64Array.from(trains, bins => sum_at(back, bins));
  };
  const correlate = x => look_up(unbridge(filtered(x, P), gaps));

  const squared = {re: H.re.map((v, k) => (v * v + H.im[k] ** 2) * P.re[k]), im: P.im};
  const autocovariance = filtered(Float64Array.from({length: n}, (_, i) => +!i), squared);
  yield;
  let n_lags = h.length;
  while (Math.abs(autocovariance[n_lags - 1]) < 1e-3 * autocovariance[0]) n_lags--;
  const A = yield* normal_matrix(trains, autocovariance.subarray(0, n_lags)), diagonal = A.map((row, k) => row[k]);
  const sizes = new Float64Array(trains.length), rest = correlate(without_covariates(y.slice()));
  let scaled = rest.map((v, k) => v / diagonal[k]), direction = scaled, left = dot(rest, scaled);
  const enough = tolerance ** 2 * left;
  for (let turn = 0; left > enough && turn < 50; turn++) {
    yield;
    const x = without_covariates(predict(direction));
    yield;
    const product = correlate(x), step = left / dot(direction, product), before = left;
    direction.forEach((v, k) => { sizes[k] += step * v; rest[k] -= step * product[k]; });
    scaled = rest.map((v, k) => v / diagonal[k]);
    left = dot(rest, scaled);
    direction = scaled.map((v, k) => v + left / before * direction[k]);
  }
  const shared = whitened.map(x => look_up(x));
  const taken = Array.from(trains, (_, k) => forward(L, Float64Array.from(shared, x => x[k])));
  A.forEach((row, k) => taken.forEach((x, j) => row[j] -= dot(taken[k], x)));
  yield;
  const predicted = predict(sizes);
  return {t: t_values(A, sizes, diagonal), sizes, residual: without_covariates(y.map((v, i) => v - predicted[i])), H};
}

/* Of pairs of spikes, as if there were no gaps: each pair once, then its mirror image. */
function* normal_matrix(trains, autocovariance) {
  const m = trains.length, half = new Float64Array(m * m), n_lags = autocovariance.length;
  const spikes = Int32Array.from(trains.flatMap((bins, k) => bins.map(bin => bin * m + k))).sort();
  const bin = spikes.map(spike => Math.floor(spike / m)), train = spikes.map(spike => spike % m);
  for (let i = 0, first = 0; i < spikes.length; i++) {
    const row = train[i] * m;
    while (bin[i] - bin[first] >= n_lags) first++;
    for (let j = first; j < i; j++) half[row + train[j]] += autocovariance[bin[i] - bin[j]];
    half[row + train[i]] += autocovariance[0] / 2;
    if (i % 5000 === 0) yield;
  }
  return trains.map((_, k) => Float64Array.from(trains, (_, j) => half[k * m + j] + half[j * m + k]));
}

/* Sizes over their standard errors, for noise of variance 1. */
function t_values(A, sizes, diagonal) {
  const L = cholesky(A), exact = L.every((row, k) => row[k] > 0);
  return sizes.map((size, k) => {
    const x = exact && forward(L, sizes.map((_, j) => +(j === k)));
    return size / Math.sqrt(exact ? dot(x, x) : 1 / diagonal[k]);
  });
}

/* The potential h that, with the drive of some trains, best explains a signal: the largest
   (h · c)² / (h · A h) on a grid, with the whitened covariance c of both, and the drive's own, A. */
function fit_potential(signal, P, drive) {
  const D = transform(drive), whitened = filtered(drive, P);
  const c = filtered(filtered(signal, P), D, -1), own = filtered(whitened, D, -1);
  let best = [-Infinity];
  for (const rise of RISES) for (const decay of DECAYS.filter(τ => τ > rise)) {
    const h = potential(rise, decay).subarray(0, MAX_LAG), with_signal = dot(h, c);
    let with_itself = 0;
    for (let lag = 0; lag < h.length; lag++) with_itself += (lag ? 2 : 1) * own[lag] * dot(h.subarray(lag), h);
    const explained = with_signal * Math.abs(with_signal) / with_itself;
    if (explained > best[0]) best = [explained, rise, decay];
  }
  return best.slice(1);
}

/* Which trains drive the voltage V (mV, means over bins)? own: steps with a spike of the neuron,
   trains: bins of each train's spikes. */
function* regression({V, own, trains}, random) {
  const n = V.length, n_fft = 2 ** Math.ceil(Math.log2(n + PADDING)), missing = new Uint8Array(n_fft).fill(1, n);
  for (const step of own) missing.fill(1, Math.max(0, Math.floor((step - OWN_SPIKE) / STEPS_PER_BIN)), Math.min(n, Math.floor((step + OWN_SPIKE - 1) / STEPS_PER_BIN) + 1));
  const gaps = gaps_of(missing), there = V.filter((_, i) => !missing[i]), mean = there.reduce((sum, v) => sum + v) / there.length;
  const y = bridge(Float64Array.from({length: n_fft}, (_, i) => i < n ? V[i] - mean : 0), gaps), counts = new Float64Array(n_fft);
  for (const step of own) counts[Math.floor(step / STEPS_PER_BIN)]++;
  const covariates = own.length ? AFTERPOTENTIALS.map(τ => {
    let x = 0;
    return bridge(counts.map(count => x = x * Math.exp(-1 / τ) + count), gaps);
  }) : [];
  const surrogates = Array.from({length: N_SURROGATES}, (_, k) => trains[k % trains.length].map(bin => Math.min(n - 1, bin - bin % INTERVAL + Math.floor(INTERVAL * random()))));
  let shape = [5, 15], residual = y;
  for (let round = 0; round < 3; round++) {
    const P = precision(residual.subarray(0, n), n_fft), last = round === 2;
    const fit = yield* least_squares(y, gaps, P, shape, last ? [...trains, ...surrogates] : trains, covariates, last ? .01 : .05);
    residual = fit.residual;
    if (last) {
      const by_chance = fit.t.subarray(trains.length), scale = Math.sqrt(dot(by_chance, by_chance) / N_SURROGATES);
      const z = Array.from(fit.t.subarray(0, trains.length), t => t / scale);
      const calls = called(z).map((yes, k) => yes ? z[k] > 0 ? "excitatory" : "inhibitory" : "none");
      return {z, calls, sizes_mV: Array.from(fit.sizes.subarray(0, trains.length)), shape_ms: shape};
    }
    const drive = new Float64Array(n_fft);
    called(Array.from(fit.t)).forEach((yes, k) => yes && trains[k].forEach(bin => drive[bin] += fit.sizes[k]));
    if (!drive.some(Boolean)) continue;
    const explained = bridge(filtered(drive, fit.H), gaps);
    yield;
    shape = fit_potential(residual.map((v, i) => v + explained[i]), P, drive);
  }
}

function finished(generator) {
  let {value, done} = generator.next();
  while (!done) ({value, done} = generator.next());
  return value;
}

/* --- A recording: the neuron, its inputs, and what is kept of its voltage --- */

const KINDS = [..."eeeeiinnnn"].map(kind => ({e: "excitatory", i: "inhibitory", n: "none"})[kind]);  // of the trains that are shown
const SHOWN_RATE = 10, MEAN_RATE = 4;  // Hz; of others
const VERDICTS = [30_000, 60_000], LEVELS_PER_MV = 20, LOWEST_MV = -100;

class Recording {
  constructor({N, weight, b, spike_SNR}, random = Math.random) {
    this.kinds = KINDS.map(kind => [random(), kind]).sort((x, y) => x[0] - y[0]).map(([, kind]) => kind);
    this.neuron = new Neuron(weight, {b});
    this.noise_mV = 1e3 * (ADEX.V_spike - ADEX.E_L) / spike_SNR / Math.sqrt(STEPS_PER_BIN);
    this.V = new Float64Array(VERDICTS.at(-1));  // mV, as recorded
    this.n_bins = 0;
    this.own = [];
    this.trains = KINDS.map(() => []);
    this.levels = new Uint32Array(200 * LEVELS_PER_MV);  // how often the voltage was there
    const others = {excitatory: .8 * N - 4, inhibitory: .2 * N - 2};
    const processes = [...this.kinds, ...Object.keys(others)].map((kind, k) => ({kind, next: poisson(random), rate: k < KINDS.length ? SHOWN_RATE : MEAN_RATE * others[kind]}));
    this.arrivals = step => {
      const n = {excitatory: 0, inhibitory: 0, none: 0};
      processes.forEach(({kind, next, rate}, k) => {
        const spikes = next(rate);
        n[kind] += spikes;
        if (k < KINDS.length) for (let i = 0; i < spikes; i++) this.trains[k].push(Math.floor(step / STEPS_PER_BIN));
      });
      return n;
    };
    this.normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  }

  record_bin() {
    let sum = 0;
    for (let step = this.n_bins * STEPS_PER_BIN, i = 0; i < STEPS_PER_BIN; i++, step++) {
      const {excitatory, inhibitory} = this.arrivals(step), spikes = this.neuron.step(excitatory, inhibitory);
      if (spikes) this.own.push(step);
      sum += this.neuron.V;
      this.levels[Math.round((1e3 * (spikes ? ADEX.V_spike : this.neuron.V) - LOWEST_MV) * LEVELS_PER_MV)]++;
    }
    this.V[this.n_bins++] = 1e3 * sum / STEPS_PER_BIN + this.noise_mV * this.normal();
  }

  get seconds() { return this.n_bins * STEPS_PER_BIN * DT; }
  get rate() { return this.own.length / this.seconds; }
  get median_mV() {
    let level = 0;
    for (let below = this.levels[0]; 2 * below < this.n_bins * STEPS_PER_BIN; below += this.levels[level]) level++;
    return LOWEST_MV + level / LEVELS_PER_MV;
  }
  get so_far() { return {V: this.V.slice(0, this.n_bins), own: [...this.own], trains: this.trains.map(bins => [...bins])}; }
}

/* --- In the page --- */

const NUMBERS = [10, 20, 45, 100, 200, 400, 800, 1600, 3200, 6500], SNRS = [Infinity, 100, 40, 20, 10, 4];
const SPEED = 5, BUDGET_MS = 9, SHOWN_BINS = 2000, INKS = {excitatory: "#d1641a", inhibitory: "#2f86c9"};
const STYLE = `
.live-neuron .sliders { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .3rem 1.2rem; }
.live-neuron .sliders label { display: block; max-width: none; font-size: .87rem; }
.live-neuron input { width: 100%; margin: 0; accent-color: #2f86c9; }
.live-neuron .seen { display: grid; grid-template-columns: minmax(0, 1fr) 16.5rem; gap: 1rem; align-items: end; margin: .6rem 0; }
@media (max-width: 760px) { .live-neuron .seen { grid-template-columns: minmax(0, 1fr); } }
.live-neuron canvas { width: 100%; height: 350px; display: block; }
.live-neuron table { border-collapse: collapse; font-size: .82rem; font-variant-numeric: tabular-nums; width: 100%; margin: 0; }
.live-neuron td, .live-neuron th { padding: .05rem .4rem; text-align: left; height: 1.35rem; font-weight: 400; white-space: nowrap; border-bottom: 1px solid #8884; }
.live-neuron button { font: inherit; color: inherit; background: #8882; border: 1px solid #8886; border-radius: 4px; padding: .15rem .7rem; cursor: pointer; }
.live-neuron p { color: inherit; margin: .5rem 0; max-width: none; }`;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function mount(root, random = Math.random) {
  const sliders = element("div", {className: "sliders"});
  const slider = (name, min, max, value, says) => {
    const shown = element("b"), input = element("input", {type: "range", name, min, max, value, oninput: start});
    input.update = () => shown.textContent = says(+input.value);
    sliders.append(element("label", {}, `${input.title = name}: `, shown, input));
    return input;
  };
  const N = slider("Number of inputs, N", 0, NUMBERS.length - 1, 7, i => NUMBERS[i]);
  const weight_pS = () => 1e3 * total.value / NUMBERS[N.value];  // N times the weight is what is slid
  const total = slider("Weight of an excitatory input", 5, 200, 90, () => `${+weight_pS().toPrecision(3)} pS`);
  const b = slider("Adaptation, per spike", 0, 200, 65, pA => `${pA} pA`);
  const noise = slider("Imaging noise, spike-SNR", 0, SNRS.length - 1, 0, i => SNRS[i] === Infinity ? "∞ (none)" : SNRS[i]);
  const pause = element("button", {onclick: () => go(!running)}), again = element("button", {textContent: "New trains", onclick: start});
  const readout = element("span"), verdict = element("p", {role: "status"});
  const canvas = element("canvas", {role: "img", ariaLabel: "Voltage of the neuron, and spikes of ten trains"});
  const rows = KINDS.map((_, k) => element("tr", {}, ...[k + 1, "", "", ""].map(text => element("td", {textContent: text}))));
  const table = element("table", {}, element("tr", {}, ...["Train", "z", "Called", "It is"].map(text => element("th", {textContent: text}))), ...rows);
  root.append(element("style", {textContent: STYLE}), sliders, element("p", {}, pause, " ", again, " ", readout), verdict, element("div", {className: "seen"}, canvas, table));

  let recording, work, found, running, visible = true, last, next;

  function start() {
    [N, total, b, noise].forEach(input => input.update());
    recording = new Recording({N: NUMBERS[N.value], weight: weight_pS() * 1e-12, b: b.value * 1e-12, spike_SNR: SNRS[noise.value]}, random);
    work = found = null;
    go(true);
  }

  function go(on) {
    running = on && recording.n_bins < recording.V.length;
    pause.textContent = running ? "Pause" : "Go on";
    pause.disabled = !running && recording.n_bins === recording.V.length;
    last = undefined;
    show();
    await_frame();
  }

  function await_frame() {
    cancelAnimationFrame(next);
    next = requestAnimationFrame(frame);
  }

  /* As many bins as are due, but no longer than a part of a frame; then a part of the regression. */
  function frame(now) {
    if (!running && !work || !visible) return;
    const until = performance.now() + BUDGET_MS, due = recording.n_bins + (running ? SPEED * Math.min(now - (last ?? now), 50) : 0);
    last = now;
    while (recording.n_bins < due && running && performance.now() < until) {
      recording.record_bin();
      if (VERDICTS.includes(recording.n_bins)) work = regression(recording.so_far, random);
      if (recording.n_bins === recording.V.length) go(false);
    }
    while (work && performance.now() < until) {
      const {value, done} = work.next();
      if (done) [work, found] = [null, {...value, seconds: recording.n_bins < VERDICTS[1] ? 30 : 60}];
    }
    show();
    await_frame();
  }

  function show() {
    const {kinds, n_bins} = recording;
    readout.textContent = n_bins ? `${recording.seconds.toFixed(1)} s: firing rate ${recording.rate.toFixed(1)} Hz, median voltage −${(-recording.median_mV).toFixed(1)} mV (dashed)` : "";
    rows.forEach((row, k) => {
      const call = found?.calls[k], [, z, called, is] = row.cells;
      z.textContent = found ? found.z[k].toFixed(1).replace("-", "−") : "";
      called.textContent = call ? call === "none" ? "no input" : call : "?";
      is.textContent = !found ? "" : `${kinds[k] === "none" ? "no input" : kinds[k]} ${call === kinds[k] ? "✓" : "✗"}`;
      row.style.color = INKS[call] ?? "";
    });
    const right = found?.calls.filter((call, k) => call !== "none" && call === kinds[k]).length, wrong = found?.calls.filter((call, k) => call !== "none" && call !== kinds[k]).length;
    verdict.textContent = work ? "The regression is at work …" : found ? `After ${found.seconds} s, the regression finds ${right} of 6 inputs, and calls ${wrong ? wrong : "none"} wrongly.` : "The regression says after 30 s, and again after 60 s, which trains it takes for inputs.";
    draw(canvas, recording, found?.calls);
  }

  start();
  new IntersectionObserver(([entry]) => { if (visible = entry.isIntersecting) go(running); }).observe(root);
  new ResizeObserver(show).observe(canvas);
  new MutationObserver(show).observe(document.body, {attributes: true});
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) go(false);
}

/* The last two seconds: the voltage, spikes drawn up to the top, and the trains below it. */
function draw(canvas, {V, own, trains, n_bins, median_mV}, calls) {
  const scale = devicePixelRatio, width = canvas.clientWidth, height = canvas.clientHeight;
  if (!width) return;
  if (canvas.width !== Math.round(scale * width)) [canvas.width, canvas.height] = [scale * width, scale * height];
  const context = canvas.getContext("2d"), ink = getComputedStyle(canvas).color;
  const left = 34, row = 14, bottom = height - 18, top_of_rows = bottom - KINDS.length * row, foot = top_of_rows - 8;
  const begin = Math.max(0, n_bins - SHOWN_BINS), x = bin => left + (bin - begin) * (width - left) / SHOWN_BINS;
  const y = mV => Math.max(0, Math.min(foot, foot - (mV + 72) * foot / 34));
  const line = (x1, y1, x2, y2) => { context.moveTo(x1, y1); context.lineTo(x2, y2); };
  const stroke = (colour, alpha, width, path) => {
    Object.assign(context, {strokeStyle: colour, globalAlpha: alpha, lineWidth: width});
    context.beginPath(); path(); context.stroke();
    context.globalAlpha = 1;
  };
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  Object.assign(context, {fillStyle: ink, font: "11px system-ui, sans-serif", textAlign: "right", textBaseline: "middle"});
  for (const mV of [-70, -60, -50, -40]) {
    context.fillText(String(mV).replace("-", "−"), left - 6, y(mV));
    stroke(ink, .12, 1, () => line(left, y(mV), width, y(mV)));
  }
  context.textAlign = "left";
  context.fillText("mV", 0, y(-45));
  stroke(INKS.inhibitory, 1, 1.2, () => {
    for (let bin = begin; bin < n_bins; bin++) context[bin > begin ? "lineTo" : "moveTo"](x(bin), y(V[bin]));
    for (let i = own.length - 1; own[i] >= begin * STEPS_PER_BIN; i--) line(x(own[i] / STEPS_PER_BIN), y(-53), x(own[i] / STEPS_PER_BIN), 0);
  });
  context.setLineDash([5, 4]);
  if (n_bins) stroke(ink, .7, 1, () => line(left, y(median_mV), width, y(median_mV)));
  context.setLineDash([]);
  trains.forEach((bins, k) => {
    const at = top_of_rows + k * row, colour = INKS[calls?.[k]] ?? ink;
    context.fillStyle = colour;
    Object.assign(context, {textAlign: "right"}).fillText(k + 1, left - 6, at + row / 2);
    stroke(colour, 1, 1.4, () => { for (let i = bins.length - 1; bins[i] >= begin; i--) line(x(bins[i]), at + 2, x(bins[i]), at + row - 2); });
  });
  Object.assign(context, {fillStyle: ink, textAlign: "center"});
  for (let s = Math.ceil(begin / 500) / 2; s * 1000 < begin + SHOWN_BINS; s += .5) context.fillText(`${s} s`, Math.max(left + 8, Math.min(x(1000 * s), width - 16)), bottom + 10);
}

addEventListener("DOMContentLoaded", () => document.querySelectorAll(".live-neuron").forEach(root => mount(root)));
return {Neuron, Recording, simulate, uniform, regression, finished, mount};
})();
