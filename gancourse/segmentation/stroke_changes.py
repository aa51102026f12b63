"""Change slices of phantoms with stroke at random, so that a network trained on them bears real scans.

What is random is drawn first (`stroke_draws.draw_changes`); `changed` then only computes.
"""

from gancourse.losses import IGNORE
from gancourse.quiet import import_tensorflow
from gancourse.segmentation.stroke_slices import HIGHEST, OUTSIDE

import_tensorflow()
import tensorflow as tf  # noqa: E402

from gancourse.segmentation.stroke_draws import Changes, M  # noqa: E402
from gancourse.segmentation.synthesis import resampling  # noqa: E402

SOFT = 3  # pixels over which a change of an infarct's contrast fades
REACH = 6  # pixels by which a brain mask may be too large
LEAST = 0.05  # share of the median below which no signal is taken to fall


def changed(images, lesion, brain, c: Changes):
    """Change a batch.

    Args:
        images: (B, H, W, 9) float32, three neighbouring slices from below, each DWI, ADC and FLAIR,
            normalised as by `stroke_slices`.
        lesion, brain: (B, H, W) uint8, 0 or 1, of the slice in the middle.
        c: what to do.

    Returns:
        Images (B, H, W, 9), and labels (B, H, W) uint8: 0, 1; `IGNORE` where the mask took an infarct away.
    """
    batch, height, width, channels = images.shape
    x, lesion, brain = posed(images, lesion, brain, c)
    inside = brain[:, None, None]
    share = soft(lesion)[:, None, None]
    x += share * c.contrast * inside
    for where, value in zip(tf.unstack(c.patches), tf.unstack(c.patch_values), strict=True):
        x += where * inside * (1 - share) * value
    x = tf.clip_by_value(scanned(x, c) * c.gain + c.shift, OUTSIDE, HIGHEST)
    mask = wrong_mask(brain, c)
    x = tf.where(inside > 0.5, x, tf.clip_by_value(c.residue, OUTSIDE, HIGHEST))
    x = tf.where(mask[:, None, None] > 0.5, x, OUTSIDE) * c.present[:, :, None, None, None]
    labels = tf.where(mask > 0.5, lesion, lesion * IGNORE)
    x = tf.transpose(x, (0, 3, 4, 2, 1))
    return tf.reshape(x, (batch, height, width, channels)), tf.cast(labels, tf.uint8)


def posed(images, lesion, brain, c: Changes):
    """Turn, scale, shear, mirror and shift; images come as (B, M, 3, H, W), masks of 0 and 1 as (B, H, W)."""
    batch, height, width, channels = images.shape

    def move(part, pose, how="BILINEAR"):
        return tf.raw_ops.ImageProjectiveTransformV3(
            images=part, transforms=pose, output_shape=[height, width], fill_value=0.0,
            interpolation=how, fill_mode="CONSTANT",
        )  # fmt: skip

    above = tf.reshape(images - OUTSIDE, (batch, height, width, channels // M, M))  # so that 0 comes in
    diffusion, flair = above[..., :-1], above[..., -1]
    diffusion = move(tf.reshape(diffusion, (batch, height, width, -1)), c.pose)
    diffusion = tf.reshape(diffusion, (batch, height, width, channels // M, M - 1))
    x = tf.concat([diffusion, move(flair, c.flair_pose)[..., None]], -1) + OUTSIDE
    masks = tf.cast(move(tf.stack([lesion, brain], -1), c.pose, "NEAREST"), tf.float32)
    return tf.transpose(x, (0, 4, 3, 1, 2)), masks[..., 0], masks[..., 1]


def soft(mask):
    """Blur a mask (B, H, W) of 0 and 1."""
    x = mask[..., None]
    for _ in range(2):
        x = tf.nn.avg_pool2d(x, SOFT, 1, "SAME")
    return x[..., 0]


def scanned(x, c: Changes):
    """Apply contrast, coil, noise and voxels to images (B, M, 3, H, W), normalised before and after."""
    batch, _, slices, height, width = x.shape
    raw = tf.nn.relu(1 + x / c.offset)  # over the median, with a weaker or stronger contrast
    raw = tf.exp(c.gamma * tf.math.log(tf.maximum(raw, LEAST)) + c.coil) + c.noise / -OUTSIDE
    is_adc = tf.reshape(
        tf.constant([False, True, False]), (M, 1, 1, 1)
    )  # which is computed, and may be negative
    raw = tf.where(is_adc, raw, tf.abs(raw))
    across, down = (coarser(n, c.step[k], c.start[k]) for n, k in ((width, 1), (height, 0)))
    rows = tf.reshape(raw, (batch, M, slices * height, width))
    rows = tf.reshape(tf.matmul(rows, across, transpose_b=True), (batch, M, slices, height, width))
    return (tf.einsum("bmij,bmsjw->bmsiw", down, rows) - 1) * -OUTSIDE


def coarser(count: int, step, start):
    """Return matrices (B, M, count, count) that scan an axis in voxels of `step` pixels and interpolate."""
    down, up = resampling(count, step, start, 0 * step, 0 * step)
    return tf.where(step[..., None, None] > 1, tf.matmul(up, down), tf.eye(count))


def wrong_mask(brain, c: Changes):
    """Return the brain's mask (B, H, W) as a poor tool might find it: too large here, too small there."""
    outside = 1 - brain
    depth = tf.zeros_like(brain)  # pixels from the border, above 0 outside, as far as `REACH`
    grown = shrunk = brain[..., None]
    for _ in range(REACH):
        depth += 1 - grown[..., 0]
        grown = tf.nn.max_pool2d(grown, 3, 1, "SAME")
    for _ in range(2):
        depth -= shrunk[..., 0]
        shrunk = -tf.nn.max_pool2d(-shrunk, 3, 1, "SAME")
    mask = tf.cast(depth <= c.border, tf.float32)
    near = tf.nn.max_pool2d(grown, 5, 1, "SAME")[..., 0]
    return tf.maximum(mask, outside * near * tf.cast(c.eyes > 0.5, tf.float32))
