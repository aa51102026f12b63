"""From orders to patients: labels are drawn, enlarged if they are small, and painted."""

import numpy as np

from gancourse.gans.orders import Order, encode
from gancourse.training.conditional_training import ConditionalRecipe
from gancourse.training.label_translation import LabelTranslation
from gancourse.training.ordered_patients import fill_orders


def test_small_maps_become_patients_of_64_pixels():
    recipe = ConditionalRecipe(size=32, base=4, d_base=4, latent_dim=8)
    generator, _ = recipe.build_networks("float32")
    painter = LabelTranslation(width=4, refine=0).build_generator()
    made = fill_orders(generator, painter, encode([Order("HGG", 0.6)] * 3), seed=1)
    assert made.images.shape == (3, 64, 64, 4) and made.seg.shape == made.tissue.shape == (3, 64, 64)
    outside = (made.seg == 0) & (made.tissue == 0)
    assert (made.images[outside] == -1).all()
    again = fill_orders(generator, painter, encode([Order("HGG", 0.6)] * 3), seed=1)
    np.testing.assert_array_equal(made.images, again.images)
