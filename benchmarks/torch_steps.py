"""The other side of the comparison: the same training steps in PyTorch, which is optional.

Networks, losses, and optimisers are those of the deck's DCGAN and of lesson 51's small pix2pix.
"""

from collections.abc import Callable

Step = Callable[[], float]


def in_each_precision(make: Callable[..., Step]) -> dict[str, Step]:
    """Make a step by precision and layout; `make` takes the dtype and whether channels come last."""
    import torch

    return {
        f"PyTorch, {str(dtype).split('.')[1]}{', channels last' if last else ''}": make(dtype, last)
        for dtype in (torch.float32, torch.bfloat16)
        for last in (False, True)
    }


def dcgan(batch_size: int) -> dict[str, Step]:
    """Make the deck's training step, by precision."""
    import torch
    from torch import nn

    device = "cuda" if torch.cuda.is_available() else "cpu"

    def up(inputs, outputs, stride):  # Keras' "same" for a kernel of 4: trim what is too much
        trim = {1: (1, 2, 1, 2), 2: (1, 1, 1, 1)}[stride]
        layer = nn.ConvTranspose2d(inputs, outputs, 4, stride, bias=False)
        return nn.Sequential(layer, nn.ZeroPad2d([-t for t in trim]))

    def block(layer, channels):
        return [layer, nn.BatchNorm2d(channels), nn.ReLU()]

    def down(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 4, 2, 1), nn.BatchNorm2d(outputs), nn.LeakyReLU(0.2)]

    def make(dtype, channels_last) -> Step:
        torch.manual_seed(0)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        g = nn.Sequential(
            nn.Linear(100, 4096, bias=False), nn.BatchNorm1d(4096), nn.ReLU(), nn.Unflatten(1, (64, 8, 8)),
            *block(up(64, 512, 1), 512), *block(up(512, 256, 2), 256), *block(up(256, 128, 2), 128),
            *block(up(128, 64, 2), 64), up(64, 1, 1), nn.Tanh(),
        )  # fmt: skip
        d = nn.Sequential(
            nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.2), *down(64, 128), *down(128, 256), *down(256, 512),
            nn.Conv2d(512, 1, 4), nn.Flatten(), nn.Linear(1, 1),
        )  # fmt: skip
        assert [sum(p.numel() for p in n.parameters()) for n in (g, d)] == [3_697_536, 2_764_483]
        g, d = (n.to(device).to(memory_format=layout) for n in (g, d))
        optimizers = [torch.optim.Adam(n.parameters(), 1e-4) for n in (d, g)]
        real = torch.rand(batch_size, 1, 64, 64, device=device).to(memory_format=layout)
        judge = nn.functional.binary_cross_entropy_with_logits

        def step():
            with torch.autocast(device, dtype, enabled=dtype != torch.float32):
                fake = g(torch.randn(batch_size, 100, device=device))
                real_logits, fake_logits = d(real).float(), d(fake.detach()).float()
            d_loss = judge(real_logits, torch.ones_like(real_logits))
            d_loss = d_loss + judge(fake_logits, torch.zeros_like(fake_logits))
            optimizers[0].zero_grad()
            d_loss.backward()
            optimizers[0].step()
            d.requires_grad_(False)
            with torch.autocast(device, dtype, enabled=dtype != torch.float32):
                logits = d(fake).float()
            optimizers[1].zero_grad()
            judge(logits, torch.ones_like(logits)).backward()
            optimizers[1].step()
            d.requires_grad_(True)
            return float(d_loss.detach())

        return step

    return in_each_precision(make)


def pix2pix(batch_size: int, weights: list[int]) -> dict[str, Step]:
    """Make pix2pix' training step, by precision; the number of `weights` of each network must agree."""
    import torch
    from torch import nn

    device = "cuda" if torch.cuda.is_available() else "cpu"

    def down(inputs, outputs, norm, stride=2):
        pad = nn.ZeroPad2d((1, 1, 1, 1) if stride == 2 else (1, 2, 1, 2))
        convolution = nn.Conv2d(inputs, outputs, 4, stride, bias=not norm)
        return nn.Sequential(
            pad, convolution, nn.BatchNorm2d(outputs) if norm else nn.Identity(), nn.LeakyReLU(0.2)
        )

    def up(inputs, outputs, dropout):
        stamp = nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)
        return nn.Sequential(stamp, nn.BatchNorm2d(outputs), nn.Dropout(dropout), nn.ReLU())

    class UNet(nn.Module):
        def __init__(self, widths=(16, 32, 64, 128, 128)):
            super().__init__()
            self.downs = nn.ModuleList(down(i, o, i != 4) for i, o in zip((4, *widths), widths, strict=False))
            inputs, self.ups = widths[-1], nn.ModuleList()
            for scale, width in enumerate(reversed(widths[:-1])):
                self.ups.append(up(inputs, width, 0.5 if scale < 3 else 0.0))
                inputs = 2 * width
            self.last = nn.ConvTranspose2d(inputs, 4, 4, 2, 1)

        def forward(self, x):
            skips = []
            for layer in self.downs:
                x = layer(x)
                skips.append(x)
            skips.pop()
            for layer in self.ups:
                x = torch.cat([layer(x), skips.pop()], 1)
            return self.last(x)

    def label_loss(labels, truth, logits):
        p = logits.softmax(1)
        both, each = ((x.sum((0, 2, 3)))[1:] for x in (truth * p, truth + p))
        return nn.functional.cross_entropy(logits, labels) + 1 - ((2 * both + 1) / (each + 1)).mean()

    def make(dtype, channels_last) -> Step:
        torch.manual_seed(0)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        last = nn.Sequential(nn.ZeroPad2d((1, 2, 1, 2)), nn.Conv2d(64, 1, 4))
        d = nn.Sequential(down(8, 16, False), down(16, 32, True), down(32, 64, True, 1), last)
        g, d = (n.to(device).to(memory_format=layout) for n in (UNet(), d))
        assert [sum(p.numel() for p in n.parameters()) for n in (g, d)] == weights
        optimizers = [torch.optim.Adam(n.parameters(), 2e-4, (0.5, 0.999)) for n in (d, g)]
        scans = torch.rand(batch_size, 4, 64, 64, device=device).to(memory_format=layout)
        labels = torch.randint(0, 4, (batch_size, 64, 64), device=device)
        truth = nn.functional.one_hot(labels, 4).permute(0, 3, 1, 2).float()
        judge, ones = nn.functional.binary_cross_entropy_with_logits, torch.ones_like

        def step():
            with torch.autocast(device, dtype, enabled=dtype != torch.float32):
                logits = g(scans).float()
                fake = logits.softmax(1)
                real_logits = d(torch.cat([scans, truth], 1)).float()
                fake_logits = d(torch.cat([scans, fake.detach()], 1)).float()
            d_loss = (judge(real_logits, ones(real_logits)) + judge(fake_logits, 0 * ones(fake_logits))) / 2
            optimizers[0].zero_grad()
            d_loss.backward()
            optimizers[0].step()
            d.requires_grad_(False)
            with torch.autocast(device, dtype, enabled=dtype != torch.float32):
                fake_logits = d(torch.cat([scans, fake], 1)).float()
            optimizers[1].zero_grad()
            (judge(fake_logits, ones(fake_logits)) + 100 * label_loss(labels, truth, logits)).backward()
            optimizers[1].step()
            d.requires_grad_(True)
            return float(d_loss.detach())

        return step

    return in_each_precision(make)
