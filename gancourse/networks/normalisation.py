"""Keras' batch normalisation, computed by TensorFlow's fused kernel as in Keras 2.

Keras 3 composes it of a dozen operations in float32. The fused kernel does the same in one, also in bfloat16,
and takes a quarter of the time on a CPU.
"""

import keras
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable("gancourse")
class BatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization` over the last axis, faster for maps (B, H, W, C)."""

    def call(self, inputs, training=None, mask=None):
        if len(inputs.shape) != 4:
            return super().call(inputs, training=training, mask=mask)
        learning = bool(training and self.trainable)
        statistics = () if learning else (self.moving_mean, self.moving_variance)
        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            inputs,
            *(tf.convert_to_tensor(v) for v in (self.gamma, self.beta, *statistics)),
            epsilon=self.epsilon,
            is_training=learning,
        )
        if learning:
            count = ops.cast(ops.size(inputs) // inputs.shape[-1], "float32")
            variance *= (count - 1) / count  # the kernel divides by count - 1, Keras by count
            for moving, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
                moving.assign(moving * self.momentum + new * (1 - self.momentum))
        return outputs
