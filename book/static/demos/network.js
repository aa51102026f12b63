// Dense networks with leaky ReLU, their gradients by backpropagation, and two optimisers: what Keras does in the lessons.
// A batch of n points is one array, row after row.

/** One layer: inputs (n, ins) -> outputs (n, outs). */
class Dense {
  constructor(ins, outs, slope) {
    Object.assign(this, { ins, outs, slope }); // slope of the leaky ReLU for inputs below 0; 1 for none
    this.kernel = new Float64Array(ins * outs);
    this.bias = new Float64Array(outs);
    this.gradients = [new Float64Array(ins * outs), new Float64Array(outs)];
    this.size = 0;
  }

  /** Make room for a batch. */
  fit(n) {
    if (n <= this.size) return;
    this.size = n;
    this.outputs = new Float64Array(n * this.outs);
    this.inputGradient = new Float64Array(n * this.ins);
  }

  forward(inputs, n) {
    this.fit(n);
    this.inputs = inputs;
    const { ins, outs, slope, kernel, bias, outputs } = this;
    for (let i = 0; i < n; i++) {
      const row = i * outs;
      for (let j = 0; j < outs; j++) outputs[row + j] = bias[j];
      for (let k = 0; k < ins; k++) {
        const x = inputs[i * ins + k];
        const from = k * outs;
        for (let j = 0; j < outs; j++) outputs[row + j] += x * kernel[from + j];
      }
      for (let j = 0; j < outs; j++) if (outputs[row + j] <= 0) outputs[row + j] *= slope;
    }
    return outputs;
  }

  /** From the gradient of a number by the outputs (changed here) to that by the inputs; adds to `gradients` if asked. */
  backward(gradient, n, learns) {
    const { ins, outs, slope, kernel, outputs, inputs, inputGradient } = this;
    const [dKernel, dBias] = this.gradients;
    for (let i = 0; i < n; i++) {
      const row = i * outs;
      for (let j = 0; j < outs; j++) if (outputs[row + j] <= 0) gradient[row + j] *= slope;
      if (learns) for (let j = 0; j < outs; j++) dBias[j] += gradient[row + j];
      for (let k = 0; k < ins; k++) {
        const x = inputs[i * ins + k];
        const from = k * outs;
        let sum = 0;
        for (let j = 0; j < outs; j++) sum += gradient[row + j] * kernel[from + j];
        if (learns) for (let j = 0; j < outs; j++) dKernel[from + j] += x * gradient[row + j];
        inputGradient[i * ins + k] = sum;
      }
    }
    return inputGradient;
  }
}

/** Hidden layers of equal width, as `mlp` in gancourse/gans/plane_gan.py. */
export class Network {
  constructor(inputs, layers, neurons, outputs, slope) {
    this.layers = Array.from({ length: layers }, (_, k) => new Dense(k ? neurons : inputs, neurons, slope));
    this.layers.push(new Dense(neurons, outputs, 1));
  }

  /** Kernel and bias of each layer, in Keras' order. */
  get weights() {
    return this.layers.flatMap((layer) => [layer.kernel, layer.bias]);
  }

  get gradients() {
    return this.layers.flatMap((layer) => layer.gradients);
  }

  /** Outputs of a batch of n; they last until the next batch. */
  forward(inputs, n) {
    return this.layers.reduce((x, layer) => layer.forward(x, n), inputs);
  }

  /** The gradient by the last batch's inputs of a number, given its gradient by the outputs. */
  backward(gradient, n, learns = false) {
    return this.layers.reduceRight((x, layer) => layer.backward(x, n, learns), gradient);
  }

  /** Glorot and Bengio 2010, from a source of numbers in 0 to 1. */
  restart(uniform) {
    for (const { ins, outs, kernel, bias } of this.layers) {
      const limit = Math.sqrt(6 / (ins + outs));
      kernel.forEach((_, k) => (kernel[k] = limit * (2 * uniform() - 1)));
      bias.fill(0);
    }
  }

  forget() {
    for (const gradient of this.gradients) gradient.fill(0);
  }
}

/** Add weight * mean((|slope of the logit| - 1)^2) at n points to a network's gradients (Gulrajani et al. 2017).
 *
 * The logit's slope is a product of the kernels, and of the leaky ReLU's slopes, which do not change for a small step
 * of the weights. So the gradient by one kernel is what comes from the input's side times what comes from the logit's.
 */
export function addGradientPenalty(network, points, n, weight) {
  const { layers } = network;
  network.forward(points, n);
  const slopes = network.backward(new Float64Array(n).fill(1), n); // (n, 2)
  let from = new Float64Array(n * 2); // from the input's side: the penalty's gradient by the slopes, layer by layer
  for (let i = 0; i < n; i++) {
    const [x, y] = [slopes[2 * i], slopes[2 * i + 1]];
    const length = Math.sqrt(x * x + y * y + 1e-12);
    const by = (weight * 2 * (length - 1)) / length / n;
    from[2 * i] = by * x;
    from[2 * i + 1] = by * y;
  }
  for (const [l, { ins, outs, slope, kernel, outputs, gradients }] of layers.entries()) {
    const after = layers[l + 1]?.inputGradient; // from the logit's side, this layer's leak included; 1 at the logit
    const next = new Float64Array(n * outs);
    for (let i = 0; i < n; i++) {
      const row = i * outs;
      for (let j = 0; j < outs; j++) {
        const back = after ? after[row + j] : 1;
        let sum = 0;
        for (let k = 0; k < ins; k++) {
          sum += from[i * ins + k] * kernel[k * outs + j];
          gradients[0][k * outs + j] += from[i * ins + k] * back;
        }
        next[row + j] = outputs[row + j] <= 0 ? slope * sum : sum;
      }
    }
    from = next;
  }
}

/** Stochastic gradient descent. */
class Sgd {
  constructor(network) {
    this.network = network;
  }

  apply(rate) {
    const { weights, gradients } = this.network;
    weights.forEach((array, l) => {
      for (let k = 0; k < array.length; k++) array[k] -= rate * gradients[l][k];
    });
  }
}

/** Adam (Kingma and Ba 2015), with epsilon where Keras has it. */
class Adam {
  constructor(network, facts) {
    this.network = network;
    this.facts = facts;
    this.steps = 0;
    this.moments = network.weights.map(({ length }) => [new Float64Array(length), new Float64Array(length)]);
  }

  apply(rate) {
    const { beta_1: beta1, beta_2: beta2, epsilon } = this.facts;
    this.steps += 1;
    const power = (beta) => Math.fround(beta) ** this.steps; // Keras rounds it to float32, which is seen near 1
    const scaled = (rate * Math.sqrt(1 - power(beta2))) / (1 - power(beta1));
    const { weights, gradients } = this.network;
    weights.forEach((array, l) => {
      const [first, second] = this.moments[l];
      for (let k = 0; k < array.length; k++) {
        const gradient = gradients[l][k];
        first[k] += (1 - beta1) * (gradient - first[k]);
        second[k] += (1 - beta2) * (gradient * gradient - second[k]);
        array[k] -= (scaled * first[k]) / (Math.sqrt(second[k]) + epsilon);
      }
    });
  }
}

export const OPTIMIZERS = { adam: Adam, sgd: Sgd };
