# %% [markdown]
# # Answers to "Recognition": correct alternatives, and mistakes that people make
#
# Never released.


# %% exercise="convolve" kind="alternative" name="loops"
def convolve(images, kernels, bias, stride=1, padding=0):
    n, c, h, w = images.shape
    k, channels, r, s = kernels.shape
    high, wide = (h + 2 * padding - r) // stride + 1, (w + 2 * padding - s) // stride + 1
    if c != channels or high < 1 or wide < 1:
        raise ValueError("the kernels do not fit the pictures")
    padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
    padded[:, :, padding : padding + h, padding : padding + w] = images
    out = np.empty((n, k, high, wide))
    for i in range(high):
        for j in range(wide):
            window = padded[:, :, i * stride : i * stride + r, j * stride : j * stride + s]
            for m in range(k):
                out[:, m, i, j] = (window * kernels[m]).sum(axis=(1, 2, 3)) + bias[m]
    return out


# %% exercise="convolve" kind="alternative" name="sum-over-offsets"
def convolve(images, kernels, bias, stride=1, padding=0):
    """One matrix product for each place inside of the kernel."""
    assert_same = images.shape[1] == kernels.shape[1]
    x = np.pad(images, [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2]).astype(np.float32)
    r, s = kernels.shape[2:]
    if not assert_same or r > x.shape[2] or s > x.shape[3]:
        raise ValueError("channels or sizes do not fit")
    high, wide = (x.shape[2] - r) // stride + 1, (x.shape[3] - s) // stride + 1
    total = 0.0
    for u in range(r):
        for v in range(s):
            part = x[:, :, u : u + stride * high : stride, v : v + stride * wide : stride]
            total = total + np.tensordot(kernels[:, :, u, v], part, axes=(1, 1)).transpose(1, 0, 2, 3)
    return total + bias.reshape(1, -1, 1, 1)


# %% exercise="convolve" kind="alternative" name="scipy-correlate"
from scipy.signal import correlate


def convolve(images, kernels, bias, stride=1, padding=0):
    if images.shape[1] != kernels.shape[1]:
        raise ValueError("channels differ")
    rim = ((0, 0), (padding, padding), (padding, padding))
    if any(size + 2 * padding < kernel for size, kernel in zip(images.shape[2:], kernels.shape[2:], strict=True)):
        raise ValueError("the kernel is larger than the picture")
    maps = [
        [
            correlate(np.pad(x.astype(float), rim), w, mode="valid", method="direct")[0, ::stride, ::stride]
            for w in kernels
        ]
        for x in images
    ]
    return np.array(maps) + bias[None, :, None, None]


# %% exercise="convolve" kind="mistake" name="turned-kernel" says="kernel is turned round"
def convolve(images, kernels, bias, stride=1, padding=0):
    if images.shape[1] != kernels.shape[1]:
        raise ValueError(f"images of {images.shape[1]} channels, kernels of {kernels.shape[1]}")
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwrs,kcrs->nkhw", windows, kernels[:, :, ::-1, ::-1]) + bias[:, None, None]


# %% exercise="convolve" kind="mistake" name="no-stride" says="stride is not heeded"
def convolve(images, kernels, bias, stride=1, padding=0):
    if images.shape[1] != kernels.shape[1]:
        raise ValueError(f"images of {images.shape[1]} channels, kernels of {kernels.shape[1]}")
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    return np.einsum("nchwrs,kcrs->nkhw", windows, kernels) + bias[:, None, None]


# %% exercise="convolve" kind="mistake" name="no-padding" says="padding is not heeded"
def convolve(images, kernels, bias, stride=1, padding=0):
    if images.shape[1] != kernels.shape[1]:
        raise ValueError(f"images of {images.shape[1]} channels, kernels of {kernels.shape[1]}")
    padded = images
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwrs,kcrs->nkhw", windows, kernels) + bias[:, None, None]


# %% exercise="convolve" kind="mistake" name="padding-in-half" says="padding lies on one side only"
def convolve(images, kernels, bias, stride=1, padding=0):
    if images.shape[1] != kernels.shape[1]:
        raise ValueError(f"images of {images.shape[1]} channels, kernels of {kernels.shape[1]}")
    padded = np.pad(images, ((0, 0), (0, 0), (0, padding), (0, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwrs,kcrs->nkhw", windows, kernels) + bias[:, None, None]


# %% exercise="convolve" kind="mistake" name="all-zeros-at-the-end" says="all at the bottom and on the right"
def convolve(images, kernels, bias, stride=1, padding=0):
    if images.shape[1] != kernels.shape[1]:
        raise ValueError(f"images of {images.shape[1]} channels, kernels of {kernels.shape[1]}")
    padded = np.pad(images, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwrs,kcrs->nkhw", windows, kernels) + bias[:, None, None]


# %% exercise="convolve" kind="mistake" name="edge-padding" says="padded with copies of the edge"
def convolve(images, kernels, bias, stride=1, padding=0):
    if images.shape[1] != kernels.shape[1]:
        raise ValueError(f"images of {images.shape[1]} channels, kernels of {kernels.shape[1]}")
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwrs,kcrs->nkhw", windows, kernels) + bias[:, None, None]


# %% exercise="convolve" kind="mistake" name="bias-forgotten" says="the bias is missing"
def convolve(images, kernels, bias, stride=1, padding=0):
    if images.shape[1] != kernels.shape[1]:
        raise ValueError(f"images of {images.shape[1]} channels, kernels of {kernels.shape[1]}")
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwrs,kcrs->nkhw", windows, kernels)


# %% exercise="convolve" kind="mistake" name="mean-over-channels" says="channels are averaged"
def convolve(images, kernels, bias, stride=1, padding=0):
    if images.shape[1] != kernels.shape[1]:
        raise ValueError(f"images of {images.shape[1]} channels, kernels of {kernels.shape[1]}")
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwrs,kcrs->nkhw", windows, kernels) / images.shape[1] + bias[:, None, None]


# %% exercise="convolve" kind="mistake" name="first-channel" says="only the first channel counts"
def convolve(images, kernels, bias, stride=1, padding=0):
    if images.shape[1] != kernels.shape[1]:
        raise ValueError(f"images of {images.shape[1]} channels, kernels of {kernels.shape[1]}")
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nhwrs,krs->nkhw", windows[:, 0], kernels[:, 0]) + bias[:, None, None]


# %% exercise="convolve" kind="mistake" name="channels-apart" says="each channel has a result of its own"
def convolve(images, kernels, bias, stride=1, padding=0):
    if images.shape[1] != kernels.shape[1]:
        raise ValueError(f"images of {images.shape[1]} channels, kernels of {kernels.shape[1]}")
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwrs,kcrs->nkchw", windows, kernels) + bias[:, None, None, None]


# %% exercise="convolve" kind="mistake" name="bias-per-channel" says="bias is added more than once"
def convolve(images, kernels, bias, stride=1, padding=0):
    if images.shape[1] != kernels.shape[1]:
        raise ValueError(f"images of {images.shape[1]} channels, kernels of {kernels.shape[1]}")
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwrs,kcrs->nkhw", windows, kernels) + images.shape[1] * bias[:, None, None]


# %% exercise="convolve" kind="mistake" name="stretched-channel" says="the one is silently used three times"
def convolve(images, kernels, bias, stride=1, padding=0):
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    windows = np.broadcast_to(windows, (len(windows), max(windows.shape[1], kernels.shape[1]), *windows.shape[2:]))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwrs,kcrs->nkhw", windows, kernels) + bias[:, None, None]


# %% exercise="convolve" kind="mistake" name="images-type" says="stored in the images' type"
def convolve(images, kernels, bias, stride=1, padding=0):
    n, c, h, w = images.shape
    k, channels, r, s = kernels.shape
    if c != channels or r > h + 2 * padding or s > w + 2 * padding:
        raise ValueError("the kernels do not fit the pictures")
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    high, wide = (h + 2 * padding - r) // stride + 1, (w + 2 * padding - s) // stride + 1
    out = np.zeros((n, k, high, wide), dtype=images.dtype if images.dtype != np.uint8 else int)
    for i in range(high):
        for j in range(wide):
            window = padded[:, :, i * stride : i * stride + r, j * stride : j * stride + s]
            out[:, :, i, j] = np.tensordot(window, kernels, axes=([1, 2, 3], [1, 2, 3])) + bias
    return out


# %% exercise="convolve" kind="mistake" name="sizes-before-padding" says="kernel that fits the padded picture is refused"
def convolve(images, kernels, bias, stride=1, padding=0):
    """Cross-correlation as in `torch.nn.Conv2d`: images (n, c, h, w), kernels (k, c, r, s), bias (k,) → (n, k, H, W).

    Raises ValueError where the channels differ or a kernel is larger than the padded picture.
    """
    if images.shape[1] != kernels.shape[1]:
        raise ValueError("pictures and kernels do not have the same number of channels")
    if kernels.shape[2] > images.shape[2] or kernels.shape[3] > images.shape[3]:
        raise ValueError("the kernel is larger than the picture")
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.einsum("nchwrs,kcrs->nkhw", windows, kernels) + bias[:, None, None]


# %% exercise="convolve" kind="mistake" name="height-only" says="a kernel larger than the padded picture passes"
def convolve(images, kernels, bias, stride=1, padding=0):
    n, c, h, w = images.shape
    k, channels, r, s = kernels.shape
    high, wide = (h + 2 * padding - r) // stride + 1, (w + 2 * padding - s) // stride + 1
    if c != channels or high < 1:
        raise ValueError("the kernels do not fit the pictures")
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((n, k, high, max(wide, 0)))
    for i in range(high):
        for j in range(wide):
            window = padded[:, :, i * stride : i * stride + r, j * stride : j * stride + s]
            out[:, :, i, j] = np.einsum("ncrs,kcrs->nk", window, kernels) + bias
    return out


# %% exercise="convolve" kind="alternative" name="im2col-lists"
def convolve(images, kernels, bias, stride=1, padding=0):
    images, kernels, bias = np.asarray(images, dtype=float), np.asarray(kernels), np.ravel(bias)
    count, channels, height, width = images.shape
    many, kernel_channels, r, s = kernels.shape
    if kernel_channels != channels:
        raise ValueError("channels")
    if r > height + 2 * padding or s > width + 2 * padding:
        raise ValueError("size")
    maps = []
    for picture in images:
        framed = np.zeros((channels, height + 2 * padding, width + 2 * padding))
        framed[:, padding : padding + height, padding : padding + width] = picture
        rows = []
        for top in range(0, framed.shape[1] - r + 1, stride):
            columns = [
                framed[:, top : top + r, left : left + s].ravel() for left in range(0, framed.shape[2] - s + 1, stride)
            ]
            rows.append(np.array(columns) @ kernels.reshape(many, -1).T + bias)
        maps.append(np.moveaxis(np.array(rows), -1, 0))
    return np.stack(maps)


# %% exercise="he-initialise" kind="alternative" name="kaiming-uniform"
def he_initialise(model):
    @torch.no_grad()
    def start(layer):
        if type(layer) in (nn.Linear, nn.Conv2d):
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                layer.bias.fill_(0)

    return model.apply(start)


# %% exercise="he-initialise" kind="alternative" name="fan-in-by-hand"
def he_initialise(model):
    for child in model.children():
        he_initialise(child)
    if isinstance(model, nn.Conv2d):
        high, wide = model.kernel_size
        fan = model.in_channels // model.groups * high * wide
    elif isinstance(model, nn.Linear):
        fan = model.in_features
    else:
        return
    model.weight.data = torch.randn_like(model.weight) * (2 / fan) ** 0.5
    if model.bias is not None:
        model.bias.data *= 0


# %% exercise="he-initialise" kind="mistake" name="variance-as-deviation" says="used as the standard deviation"
def he_initialise(model):
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.normal_(layer.weight, std=2 / layer.weight[0].numel())
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="he-initialise" kind="mistake" name="one-over-n" says="variance is 1 / fan-in"
def he_initialise(model):
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.normal_(layer.weight, std=math.sqrt(1 / layer.weight[0].numel()))
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="he-initialise" kind="mistake" name="bound-as-deviation" says="bound of a uniform draw was taken"
def he_initialise(model):
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            bound = math.sqrt(2 / layer.weight[0].numel())
            nn.init.uniform_(layer.weight, -bound, bound)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="he-initialise" kind="mistake" name="fan-out" says="the fan-out is used"
def he_initialise(model):
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="he-initialise" kind="mistake" name="channels-only" says="counts the channels only"
def he_initialise(model):
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.normal_(layer.weight, std=math.sqrt(2 / layer.weight.shape[1]))
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="he-initialise" kind="mistake" name="groups-forgotten" says="fan-in forgets the groups"
def he_initialise(model):
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            if isinstance(layer, nn.Conv2d):
                fan = layer.in_channels * layer.kernel_size[0] * layer.kernel_size[1]
            else:
                fan = layer.in_features
            nn.init.normal_(layer.weight, std=math.sqrt(2 / fan))
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="he-initialise" kind="mistake" name="glorot" says="Glorot's start"
def he_initialise(model):
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_normal_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="he-initialise" kind="mistake" name="children-only" says="inside of other modules keep"
def he_initialise(model):
    for layer in model.children():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.normal_(layer.weight, std=math.sqrt(2 / layer.weight[0].numel()))
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="he-initialise" kind="mistake" name="biases-kept" says="biases do not start at zero"
def he_initialise(model):
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.normal_(layer.weight, std=math.sqrt(2 / layer.weight[0].numel()))


# %% exercise="he-initialise" kind="mistake" name="every-vector-zero" says="scale of a BatchNorm2d is set to zero"
def he_initialise(model):
    for p in model.parameters():
        if p.dim() > 1:
            nn.init.kaiming_normal_(p)
        else:
            nn.init.zeros_(p)


# %% exercise="he-initialise" kind="mistake" name="not-centred" says="the draw is not centred"
def he_initialise(model):
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            n = layer.weight[0].numel()
            layer.weight.data = torch.rand_like(layer.weight) * math.sqrt(6 / n)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="he-initialise" kind="mistake" name="own-seed" says="sets a seed of its own"
def he_initialise(model):
    torch.manual_seed(0)
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.normal_(layer.weight, std=math.sqrt(2 / layer.weight[0].numel()))
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="he-initialise" kind="mistake" name="scales-what-is-there" says="all weights of a layer are the same number"
def he_initialise(model):
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.weight.data *= 6**0.5  # PyTorch's variance is 1 / (3 n)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="he-initialise" kind="mistake" name="itself-left-out" says="a model that is itself a layer"
def he_initialise(model):
    for layer in model.children():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                layer.bias.data.zero_()
        else:
            he_initialise(layer)


# %% exercise="he-initialise" kind="mistake" name="everything-with-two-dimensions" says="a module that is neither Conv2d nor Linear is changed"
def he_initialise(model):
    for layer in model.modules():
        if getattr(layer, "weight", None) is not None and layer.weight.dim() > 1:
            nn.init.kaiming_normal_(layer.weight)
            if getattr(layer, "bias", None) is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="he-initialise" kind="alternative" name="fan-in-by-library"
def he_initialise(model):
    for name, layer in model.named_modules():
        if not isinstance(layer, nn.Conv2d | nn.Linear):
            continue
        fan_in, _ = nn.init._calculate_fan_in_and_fan_out(layer.weight)
        with torch.no_grad():
            layer.weight.copy_(torch.empty_like(layer.weight).normal_(0, np.sqrt(2 / fan_in)))
        if layer.bias is not None:
            layer.bias = nn.Parameter(torch.zeros_like(layer.bias))
    return model


# %% exercise="he-initialise" kind="mistake" name="frozen" says="get no gradient"
def he_initialise(model):
    """He et al. (2015), in place: weights of every Conv2d and Linear with mean 0 and variance 2 / fan-in, biases 0."""
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.weight.requires_grad = False
            nn.init.normal_(layer.weight, std=math.sqrt(2 / layer.weight[0].numel()))
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


# %% exercise="item-net" kind="alternative" name="sequential-probed"
class ItemNet(nn.Module):
    """The side of the last maps is found by sending an empty picture through."""

    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        a, b = widths
        maps = nn.Sequential(
            nn.Conv2d(1, a, 5, 2, 2), nn.ReLU(), nn.Conv2d(a, b, 3, 1, "same"), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten()
        )
        with torch.no_grad():
            inputs = maps(torch.zeros(1, 1, size, size)).shape[1]
        self.layers = maps.append(nn.Linear(inputs, classes))

    def forward(self, pictures):
        return self.layers(pictures)


# %% exercise="item-net" kind="alternative" name="parameters-by-hand"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = math.ceil(size / 2) // 2
        shapes = {"w1": (widths[0], 1, 5, 5), "w2": (widths[1], widths[0], 3, 3), "w3": (classes, widths[1] * side**2)}
        for name, shape in shapes.items():
            bound = math.prod(shape[1:]) ** -0.5
            self.register_parameter(name, nn.Parameter(torch.empty(shape).uniform_(-bound, bound)))
            self.register_parameter("b" + name[1], nn.Parameter(torch.empty(shape[0]).uniform_(-bound, bound)))

    def forward(self, pictures):
        x = F.relu(F.conv2d(F.pad(pictures, (2, 2, 2, 2)), self.w1, self.b1, stride=2))
        x = F.max_pool2d(F.conv2d(x, self.w2, self.b2, padding=1), 2).clamp(min=0)
        return F.linear(x.reshape(len(x), -1), self.w3, self.b3)


# %% exercise="item-net" kind="mistake" name="softmax-inside" says="a softmax is inside"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return torch.softmax(self.logits(x.flatten(1)), dim=1)


# %% exercise="item-net" kind="mistake" name="fixed-side" says="fixed for pictures of 28 × 28"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.Linear(widths[1] * 7 * 7, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return self.logits(x.flatten(1))


# %% exercise="item-net" kind="mistake" name="no-activations" says="there is no activation at all"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = self.first(pictures)
        x = self.pool(self.second(x))
        return self.logits(x.flatten(1))


# %% exercise="item-net" kind="mistake" name="one-activation" says="first convolution is not followed"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = self.first(pictures)
        x = self.pool(torch.relu(self.second(x)))
        return self.logits(x.flatten(1))


# %% exercise="item-net" kind="mistake" name="second-activation-lost" says="second convolution is not followed"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(self.second(x))
        return self.logits(x.flatten(1))


# %% exercise="item-net" kind="mistake" name="average-pooling" says="the pooling averages"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.AvgPool2d(2)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return self.logits(x.flatten(1))


# %% exercise="item-net" kind="mistake" name="padding-lost" says="does not fit the maps"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return self.logits(x.flatten(1))


# %% exercise="item-net" kind="mistake" name="padding-lost-everywhere" says="a border is lost"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 - 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return self.logits(x.flatten(1))


# %% exercise="item-net" kind="mistake" name="relu-on-logits" says="ReLU behind the last layer"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return torch.relu(self.logits(x.flatten(1)))


# %% exercise="item-net" kind="mistake" name="plain-list" says="layers in a plain list"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.layers = [
            nn.Conv2d(1, widths[0], 5, stride=2, padding=2), nn.ReLU(),
            nn.Conv2d(widths[0], widths[1], 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(widths[1] * side * side, classes),
        ]  # fmt: skip

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


# %% exercise="item-net" kind="mistake" name="with-dropout" says="train mode and eval mode do not agree"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return self.logits(F.dropout(x.flatten(1), 0.5, self.training))


# %% exercise="item-net" kind="mistake" name="batch-norm" says="more parameters than those"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.Sequential(nn.BatchNorm2d(widths[1]), nn.MaxPool2d(2))
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return self.logits(x.flatten(1))


# %% exercise="item-net" kind="mistake" name="lazy" says="no weights until its first use"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.LazyLinear(classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return self.logits(x.flatten(1))


# %% exercise="item-net" kind="mistake" name="no-bias" says="a layer has no bias"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2, bias=False)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return self.logits(x.flatten(1))


# %% exercise="item-net" kind="mistake" name="odd-rows-kept" says="odd last row and column are kept"
class ItemNet(nn.Module):
    """Pictures (n, 1, size, size) → logits (n, classes): two convolutions, max pooling, one linear layer."""

    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = math.ceil(math.ceil(size / 2) / 2)
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.MaxPool2d(2, ceil_mode=True)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return self.logits(x.flatten(1))


# %% exercise="item-net" kind="alternative" name="blocks-by-amax"
class ItemNet(nn.Module):
    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        self.side = (size + 1) // 2 // 2
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(1, widths[0], (5, 5), 2, 2), nn.Conv2d(*widths, 3, padding="same")]
        )
        self.out = nn.Linear(in_features=widths[1] * self.side**2, out_features=classes)

    def forward(self, x):
        for convolution in self.convolutions:
            x = convolution(x).relu()
        even = x[:, :, : 2 * self.side, : 2 * self.side]
        blocks = even.unflatten(3, (self.side, 2)).unflatten(2, (self.side, 2))
        return self.out(blocks.amax(dim=(3, 5)).flatten(start_dim=1))


# %% exercise="item-net" kind="mistake" name="stride-lost" says="a stride of 2 is missing"
class ItemNet(nn.Module):
    """Pictures (n, 1, size, size) → logits (n, classes): two convolutions, max pooling, one linear layer."""

    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = size // 2
        self.first = nn.Conv2d(1, widths[0], 5, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return self.logits(x.flatten(1))


# %% exercise="item-net" kind="mistake" name="batch-flattened" says="whole batch is flattened into one row"
class ItemNet(nn.Module):
    """Pictures (n, 1, size, size) → logits (n, classes): two convolutions, max pooling, one linear layer."""

    def __init__(self, widths=(16, 32), classes=10, size=28):
        super().__init__()
        side = ((size + 4 - 5) // 2 + 1) // 2
        self.first = nn.Conv2d(1, widths[0], 5, stride=2, padding=2)
        self.second = nn.Conv2d(widths[0], widths[1], 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.logits = nn.Linear(widths[1] * side * side, classes)

    def forward(self, pictures):
        x = torch.relu(self.first(pictures))
        x = self.pool(torch.relu(self.second(x)))
        return self.logits(x.flatten())


# %% exercise="repaired-batches" kind="alternative" name="picture-by-picture"
def repaired_batches(images, labels, size, seed, training, reach=2):
    generator = torch.Generator().manual_seed(seed)

    def draw(high):
        return int(torch.randint(high, (1,), generator=generator))

    def augmented(picture):
        h, w = picture.shape
        if draw(2):
            picture = np.fliplr(picture)
        down, right = draw(2 * reach + 1) - reach, draw(2 * reach + 1) - reach
        out = np.zeros_like(picture)
        out[max(down, 0) : h + min(down, 0), max(right, 0) : w + min(right, 0)] = picture[
            max(-down, 0) : h + min(-down, 0), max(-right, 0) : w + min(-right, 0)
        ]
        return out

    rows = torch.randperm(len(images), generator=generator).tolist() if training else range(len(images))
    pairs = [(augmented(images[i]) if training else images[i], labels[i]) for i in rows]
    return [tuple(map(np.array, zip(*pairs[i : i + size], strict=True))) for i in range(0, len(pairs), size)]


# %% exercise="repaired-batches" kind="alternative" name="index-arithmetic"
def repaired_batches(images, labels, size, seed, training, reach=2):
    """Rows and columns to fetch are worked out for the whole epoch; places outside of the frame become 0."""
    n, h, w = images.shape
    if not training:
        for start in range(0, n, size):
            yield images[start : start + size].copy(), labels[start : start + size].copy()
        return
    rng = np.random.default_rng([seed, 1])
    order = np.argsort(rng.random(n))
    down = rng.choice(np.arange(-reach, reach + 1), size=n)
    right = rng.choice(np.arange(-reach, reach + 1), size=n)
    sign = rng.choice([-1, 1], size=n)
    y = np.arange(h)[None, :] - down[:, None]
    x = np.arange(w)[None, :] - right[:, None]
    x = np.where(sign[:, None] < 0, w - 1 - x, x)
    inside = ((y >= 0) & (y < h))[:, :, None] & ((x >= 0) & (x < w))[:, None, :]
    everything = images[order[:, None, None], y.clip(0, h - 1)[:, :, None], x.clip(0, w - 1)[:, None, :]] * inside
    for part in range(-(-n // size)):
        here = slice(part * size, (part + 1) * size)
        yield torch.as_tensor(everything[here]), torch.as_tensor(labels[order[here]])


# %% exercise="repaired-batches" kind="mistake" name="still-rolls" says="pictures wrap round"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack(
                [np.roll(p, (t - reach, l - reach), (0, 1)) for p, t, l in zip(batch, top, left, strict=True)]
            )  # noqa: E741
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="upside-down" says="turned upside down"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack([p[t : t + h, l : l + w] for p, t, l in zip(padded, top, left, strict=True)])  # noqa: E741
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="one-step-for-all" says="moved by the same step"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, 1)).repeat(len(rows), axis=1)
            batch = np.stack([p[t : t + h, l : l + w] for p, t, l in zip(padded, top, left, strict=True)])  # noqa: E741
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="one-mirror-for-all" says="mirrored as a whole"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack([p[t : t + h, l : l + w] for p, t, l in zip(padded, top, left, strict=True)])  # noqa: E741
            flip = np.full(len(rows), rng.random() < 0.5)
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="evaluation-augmented" says="evaluation pictures are augmented"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if True:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack([p[t : t + h, l : l + w] for p, t, l in zip(padded, top, left, strict=True)])  # noqa: E741
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="evaluation-shuffled" says="change places"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack([p[t : t + h, l : l + w] for p, t, l in zip(padded, top, left, strict=True)])  # noqa: E741
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="labels-left-behind" says="not shuffled alike"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack([p[t : t + h, l : l + w] for p, t, l in zip(padded, top, left, strict=True)])  # noqa: E741
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[start : start + size]


# %% exercise="repaired-batches" kind="mistake" name="last-batch-dropped" says="smaller batch is dropped"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n - size + 1, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack([p[t : t + h, l : l + w] for p, t, l in zip(padded, top, left, strict=True)])  # noqa: E741
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="end-left-out" says="a step of +reach never comes"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = reach - (rng.integers(-reach, max(reach, 1), size=(2, len(rows))))
            batch = np.stack([p[t : t + h, l : l + w] for p, t, l in zip(padded, top, left, strict=True)])  # noqa: E741
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="one-way-only" says="moved to one side only"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, reach + 1, size=(2, len(rows)))
            batch = np.stack([p[t : t + h, l : l + w] for p, t, l in zip(padded, top, left, strict=True)])  # noqa: E741
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="one-draw-for-both" says="down and right are not drawn independently"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top = left = rng.integers(0, 2 * reach + 1, size=len(rows))
            batch = np.stack([p[t : t + h, l : l + w] for p, t, l in zip(padded, top, left, strict=True)])  # noqa: E741
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="edge-copies" says="filled with copies of the picture's edge"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)), mode="edge")
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack([p[t : t + h, l : l + w] for p, t, l in zip(padded, top, left, strict=True)])  # noqa: E741
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="in-place" says="the pictures handed in are changed"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    if training:
        for i in range(n):
            top, left = rng.integers(0, 2 * reach + 1, size=2)
            images[i] = np.pad(images[i], reach)[top : top + h, left : left + w]
            if rng.random() < 0.5:
                images[i] = images[i, :, ::-1].copy()
    for start in range(0, n, size):
        rows = order[start : start + size]
        yield images[rows], labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="generator-in-the-loop" says="every batch draws the same steps"
def repaired_batches(images, labels, size, seed, training, reach=2):
    """Pairs (images (b, h, w), labels (b,)): augmented and shuffled for training, as they are otherwise."""
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        rng = np.random.default_rng(seed)
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack([padded[i, top[i] : top[i] + h, left[i] : left[i] + w] for i in range(len(rows))])
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="order-without-the-seed" says="another seed gives the same order"
def repaired_batches(images, labels, size, seed, training, reach=2):
    """Pairs (images (b, h, w), labels (b,)): augmented and shuffled for training, as they are otherwise."""
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = np.random.default_rng(0).permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack([padded[i, top[i] : top[i] + h, left[i] : left[i] + w] for i in range(len(rows))])
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="steps-without-the-seed" says="another seed gives the same steps"
def repaired_batches(images, labels, size, seed, training, reach=2):
    """Pairs (images (b, h, w), labels (b,)): augmented and shuffled for training, as they are otherwise."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(images)) if training else np.arange(len(images))
    rng = np.random.default_rng(0)
    n, h, w = images.shape
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack([padded[i, top[i] : top[i] + h, left[i] : left[i] + w] for i in range(len(rows))])
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="alternative" name="scipy-shift"
def repaired_batches(images, labels, size, seed, training, reach=2):
    random = np.random.RandomState(seed)
    rows = list(range(len(images)))
    if training:
        random.shuffle(rows)
    out = []
    while rows:
        now, rows = rows[:size], rows[size:]
        x = images[now].copy()
        if training:
            for i in range(len(now)):
                step = random.randint(-reach, reach + 1, size=2)
                x[i] = ndimage.shift(x[i], step, order=0, cval=0)
                if random.rand() < 0.5:
                    x[i] = np.flip(x[i], axis=1)
        out.append((x, labels[now]))
    return out


# %% exercise="repaired-batches" kind="mistake" name="stored-as-uint8" says="in no picture"
def repaired_batches(images, labels, size, seed, training, reach=2):
    """Pairs (images (b, h, w), labels (b,)): augmented and shuffled for training, as they are otherwise."""
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = rng.permutation(n) if training else np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack([padded[i, top[i] : top[i] + h, left[i] : left[i] + w] for i in range(len(rows))])
            flip = rng.random(len(rows)) < 0.5
            batch = batch.astype(np.uint8)
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="shuffled-inside-of-batches" says="inside of each batch only"
def repaired_batches(images, labels, size, seed, training, reach=2):
    """Pairs (images (b, h, w), labels (b,)): augmented and shuffled for training, as they are otherwise."""
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    order = np.arange(n)
    for start in range(0, n, size):
        rows = order[start : start + size]
        rows = rng.permutation(rows) if training else rows
        batch = images[rows]
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(rows)))
            batch = np.stack([padded[i, top[i] : top[i] + h, left[i] : left[i] + w] for i in range(len(rows))])
            flip = rng.random(len(rows)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[rows]


# %% exercise="repaired-batches" kind="mistake" name="whole-batches-shuffled" says="whole batches are shuffled"
def repaired_batches(images, labels, size, seed, training, reach=2):
    rng = np.random.default_rng(seed)
    n, h, w = images.shape
    starts = np.arange(0, n, size)
    if training:
        starts[: n // size] = rng.permutation(starts[: n // size])
    for start in starts:
        batch = images[start : start + size].copy()
        if training:
            padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach)))
            top, left = rng.integers(0, 2 * reach + 1, size=(2, len(batch)))
            batch = np.stack([padded[i, top[i] : top[i] + h, left[i] : left[i] + w] for i in range(len(batch))])
            flip = rng.random(len(batch)) < 0.5
            batch[flip] = batch[flip, :, ::-1]
        yield batch, labels[start : start + size]


# %% exercise="calibration" kind="alternative" name="histogram-and-newton"
def calibration_error(probabilities, labels, bins=10):
    confidence = probabilities.max(1)
    right = probabilities.argmax(1) == labels
    place = np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    gap = np.bincount(place, right, bins) - np.bincount(place, confidence, bins)  # n_b times the gap
    return np.abs(gap).sum() / len(labels)


def fit_temperature(logits, labels):
    """Newton's method on the inverse temperature, in which the loss is convex; halved where it would go below zero."""
    z = np.array(logits, dtype=float)
    z -= z.max(axis=1, keepdims=True)
    own = z[np.arange(len(z)), labels]
    b = 0.05
    for _ in range(300):
        p = np.exp(b * z)
        p /= p.sum(axis=1, keepdims=True)
        mean = (p * z).sum(axis=1)
        slope = np.mean(mean - own)
        curve = np.mean((p * z**2).sum(axis=1) - mean**2)
        b = min(max(b - slope / max(curve, 1e-12), b / 2), 2 * b)
    return 1 / b


# %% exercise="calibration" kind="alternative" name="pandas-and-lbfgs"
import pandas as pd


def calibration_error(probabilities, labels, bins=10):
    table = pd.DataFrame(
        {"confidence": probabilities.max(axis=1).astype(float), "right": probabilities.argmax(axis=1) == labels}
    )
    groups = table.groupby(pd.cut(table["confidence"], np.linspace(0, 1, bins + 1)), observed=True)
    return sum(len(g) / len(table) * abs(g["right"].mean() - g["confidence"].mean()) for _, g in groups)


def fit_temperature(logits, labels):
    z, y = torch.tensor(np.asarray(logits), dtype=torch.float64), torch.as_tensor(np.asarray(labels))
    low, high = -4.0, 4.0  # golden section on log T
    loss = lambda u: F.cross_entropy(z * math.exp(-u), y).item()  # noqa: E731
    ratio = (math.sqrt(5) - 1) / 2
    while high - low > 1e-6:
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        if loss(a) < loss(b):
            high = b
        else:
            low = a
    return torch.tensor(math.exp((low + high) / 2))


# %% exercise="calibration" kind="mistake" name="unweighted-bins" says="averaged without their weights"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += abs(right[here].mean() - confidence[here].mean())
    return error / len(np.unique(place))


def fit_temperature(logits, labels):
    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


# %% exercise="calibration" kind="mistake" name="signs-cancel" says="gaps of different sign cancel"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * (right[here].mean() - confidence[here].mean())
    return abs(error)


def fit_temperature(logits, labels):
    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


# %% exercise="calibration" kind="mistake" name="largest-gap" says="largest gap of any bin"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error = max(error, abs(right[here].mean() - confidence[here].mean()))
    return error


def fit_temperature(logits, labels):
    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


# %% exercise="calibration" kind="mistake" name="true-labels-probability" says="confidence is taken from the true label"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.asarray(probabilities)[np.arange(len(labels)), labels]
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


# %% exercise="calibration" kind="mistake" name="one-lost" says="falls out of the last bin"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in range(bins):
        here = (confidence >= b / bins) & (confidence < (b + 1) / bins)
        if not here.any():
            continue
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


# %% exercise="calibration" kind="mistake" name="empty-bins" says="does an empty bin divide by zero"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in range(1, bins + 1):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


# %% exercise="calibration" kind="mistake" name="not-divided" says="counts are not divided"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.sum() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


# %% exercise="calibration" kind="mistake" name="inverse" says="the factor 1/T is returned"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    def loss(log_temperature):
        z = np.asarray(logits, float) * np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


# %% exercise="calibration" kind="mistake" name="above-one-only" says="only temperatures above 1"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(0, 3), method="bounded").x))


# %% exercise="calibration" kind="mistake" name="softmax-twice" says="softmax is taken twice"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    def loss(log_temperature):
        z = softmax(np.asarray(logits, float), axis=1) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


# %% exercise="calibration" kind="mistake" name="overflow" says="large number overflows"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


# %% exercise="calibration" kind="mistake" name="lowest-ece" says="makes the ECE smallest"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    grid = np.geomspace(0.03, 30, 200)
    return float(min(grid, key=lambda t: calibration_error(softmax(np.asarray(logits, float) / t, axis=1), labels)))


# %% exercise="calibration" kind="mistake" name="does-not-move" says="or does not move"
def calibration_error(probabilities, labels, bins=10):
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    temperature = torch.ones(1, requires_grad=True)
    F.cross_entropy(torch.as_tensor(logits).float() / temperature.detach(), torch.as_tensor(labels))
    return temperature.item()


# %% exercise="calibration" kind="mistake" name="ten-bins-built-in" says="ten are built in"
def calibration_error(probabilities, labels, bins=10):
    """Expected calibration error (Naeini et al. 2015) over `bins` bins of equal width: (n, classes), (n,) → a number."""
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * 10)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    """The T > 0 with the smallest mean log-loss of softmax(logits / T) (Guo et al. 2017): (n, classes), (n,) → a number."""

    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3)).x))


# %% exercise="calibration" kind="mistake" name="edge-above" says="the edge of two bins is in the upper one"
def calibration_error(probabilities, labels, bins=10):
    """Expected calibration error (Naeini et al. 2015) over `bins` bins of equal width: (n, classes), (n,) → a number."""
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.minimum(np.floor(confidence * bins), bins - 1)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    """The T > 0 with the smallest mean log-loss of softmax(logits / T) (Guo et al. 2017): (n, classes), (n,) → a number."""

    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3)).x))


# %% exercise="calibration" kind="mistake" name="equal-counts" says="equal numbers of items, not equal widths"
def calibration_error(probabilities, labels, bins=10):
    """Expected calibration error (Naeini et al. 2015) over `bins` bins of equal width: (n, classes), (n,) → a number."""
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    edges = np.percentile(confidence, np.linspace(0, 100, bins + 1))
    place = np.searchsorted(edges[1:-1], confidence)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    """The T > 0 with the smallest mean log-loss of softmax(logits / T) (Guo et al. 2017): (n, classes), (n,) → a number."""

    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3)).x))


# %% exercise="calibration" kind="mistake" name="float32-throughout" says="large logits are not exact enough"
def calibration_error(probabilities, labels, bins=10):
    """Expected calibration error (Naeini et al. 2015) over `bins` bins of equal width: (n, classes), (n,) → a number."""
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    """The T > 0 with the smallest mean log-loss of softmax(logits / T) (Guo et al. 2017): (n, classes), (n,) → a number."""

    def loss(log_temperature):
        z = np.asarray(logits, np.float32) / np.float32(np.exp(log_temperature))
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3)).x))


# %% exercise="calibration" kind="mistake" name="shifted-in-place" says="changes its argument"
def calibration_error(probabilities, labels, bins=10):
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.ceil(confidence * bins)
    return sum(np.mean(place == b) * abs(np.mean((right * 1.0 - confidence)[place == b])) for b in set(place.tolist()))


def fit_temperature(logits, labels):
    logits -= logits.max(axis=1, keepdims=True)

    def loss(log_temperature):
        z = logits.astype(float) / np.exp(log_temperature)
        return np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3)).x))


# %% exercise="calibration" kind="alternative" name="loops-and-torch-lbfgs"
def calibration_error(probabilities, labels, bins=10):
    total = 0.0
    confidences = [float(max(row)) for row in probabilities]
    right = [int(np.argmax(row) == label) for row, label in zip(probabilities, labels, strict=True)]
    for j in range(bins):
        inside = [i for i, c in enumerate(confidences) if j / bins < c <= (j + 1) / bins]
        if inside:
            gap = sum(right[i] for i in inside) / len(inside) - sum(confidences[i] for i in inside) / len(inside)
            total += len(inside) / len(confidences) * abs(gap)
    return total


def fit_temperature(logits, labels):
    z, y = torch.from_numpy(np.array(logits, dtype=np.float64)), torch.from_numpy(np.array(labels))
    u = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([u], max_iter=100, line_search_fn="strong_wolfe", tolerance_change=1e-12)

    def closure():
        optimiser.zero_grad()
        loss = F.cross_entropy(z / u.exp(), y)
        loss.backward()
        return loss

    optimiser.step(closure)
    return u.exp().item()


# %% exercise="calibration" kind="alternative" name="plain-float32"
def calibration_error(probabilities, labels, bins=10):
    p = np.asarray(probabilities)
    confidence, right = p.max(-1), (p.argmax(-1) == labels).astype(p.dtype)
    place = np.searchsorted(np.linspace(0, 1, bins + 1), confidence, side="left")
    groups = [(right[place == b], confidence[place == b]) for b in range(bins + 2)]
    return sum(len(r) * abs(r.mean() - c.mean()) for r, c in groups if len(r)) / len(p)


def fit_temperature(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)

    def loss(temperature):
        q = softmax(shifted / temperature, axis=1)[np.arange(len(labels)), labels]
        return -np.log(np.maximum(q, 1e-300)).mean()

    return minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-6}).x


# %% exercise="calibration" kind="mistake" name="log-returned" says="logarithm of the temperature is returned"
def calibration_error(probabilities, labels, bins=10):
    """Expected calibration error (Naeini et al. 2015) over `bins` bins of equal width: (n, classes), (n,) → a number."""
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    """The T > 0 with the smallest mean log-loss of softmax(logits / T) (Guo et al. 2017): (n, classes), (n,) → a number."""

    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return minimize_scalar(loss, bounds=(-3, 3)).x


# %% exercise="calibration" kind="mistake" name="narrow-search" says="search does not reach"
def calibration_error(probabilities, labels, bins=10):
    """Expected calibration error (Naeini et al. 2015) over `bins` bins of equal width: (n, classes), (n,) → a number."""
    confidence = np.max(probabilities, axis=1)
    right = np.argmax(probabilities, axis=1) == np.asarray(labels)
    place = np.ceil(confidence * bins)
    error = 0.0
    for b in np.unique(place):
        here = place == b
        error += here.mean() * abs(right[here].mean() - confidence[here].mean())
    return error


def fit_temperature(logits, labels):
    """The T > 0 with the smallest mean log-loss of softmax(logits / T) (Guo et al. 2017): (n, classes), (n,) → a number."""

    def loss(log_temperature):
        z = np.asarray(logits, float) / np.exp(log_temperature)
        return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])

    return float(np.exp(minimize_scalar(loss, bounds=(-2, 2)).x))


# %% exercise="damage-report" kind="alternative" name="statsmodels"
def damage_report(predict, images, labels, damages, confidence=0.95):
    if not 0 < len(labels) == len(images):
        raise ValueError("as many labels as pictures, and at least one")

    def row(pictures):
        k = int((np.asarray(predict(pictures)) == labels).sum())
        return [k / len(labels), *proportion_confint(k, len(labels), alpha=1 - confidence, method="wilson")]

    return {"none": row(np.array(images))} | {name: row(damages[name](np.array(images))) for name in damages}


# %% exercise="damage-report" kind="alternative" name="scipy-binomtest"
import pandas as pd
from scipy.stats import binomtest


def damage_report(predict, images, labels, damages, confidence=0.95):
    if len(images) != len(labels):
        raise ValueError("not as many labels as pictures")
    if len(images) == 0:
        raise ValueError("nothing to count")
    out = {}
    for name in ["none", *damages]:
        pictures = images.copy()
        if name != "none":
            pictures = damages[name](pictures)
        hits = pd.Series(predict(pictures)).eq(pd.Series(labels))
        test = binomtest(int(hits.sum()), len(hits)).proportion_ci(confidence, method="wilson")
        out[name] = np.array([hits.mean(), test.low, test.high])
    return out


# %% exercise="damage-report" kind="alternative" name="quadratic"
def damage_report(predict, images, labels, damages, confidence=0.95):
    """The ends are the roots of (n + z²) p² − (2k + z²) p + k²/n."""
    n, z = len(images), -norm.ppf((1 - confidence) / 2)
    if n != len(labels) or n < 1:
        raise ValueError("labels and pictures do not fit")
    rows = {}
    for name, pictures in [("none", images.copy())] + [(k, f(images.copy())) for k, f in damages.items()]:
        k = sum(int(a == b) for a, b in zip(predict(pictures), labels, strict=True))
        ends = np.roots([n + z**2, -(2 * k + z**2), k**2 / n]).real
        rows[name] = (k / n, min(ends), max(ends))
    return rows


# %% exercise="damage-report" kind="mistake" name="familiar-interval" says="this is the familiar interval"
def damage_report(predict, images, labels, damages, confidence=0.95):
    n = len(labels)
    if n != len(images) or n == 0:
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = norm.ppf((1 + confidence) / 2)
    report = {}
    for name, damage in {"none": lambda intact: intact, **damages}.items():
        p = np.mean(np.asarray(predict(damage(images.copy()))) == np.asarray(labels))
        middle = p
        half = z * np.sqrt(p * (1 - p) / n)
        report[name] = (p, middle - half, middle + half)
    return report


# %% exercise="damage-report" kind="mistake" name="width-around-accuracy" says="Wilson's width lies around the accuracy"
def damage_report(predict, images, labels, damages, confidence=0.95):
    n = len(labels)
    if n != len(images) or n == 0:
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = norm.ppf((1 + confidence) / 2)
    report = {}
    for name, damage in {"none": lambda intact: intact, **damages}.items():
        p = np.mean(np.asarray(predict(damage(images.copy()))) == np.asarray(labels))
        middle = p
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        report[name] = (p, middle - half, middle + half)
    return report


# %% exercise="damage-report" kind="mistake" name="one-sided" says="quantile is one-sided"
def damage_report(predict, images, labels, damages, confidence=0.95):
    n = len(labels)
    if n != len(images) or n == 0:
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = norm.ppf(confidence)
    report = {}
    for name, damage in {"none": lambda intact: intact, **damages}.items():
        p = np.mean(np.asarray(predict(damage(images.copy()))) == np.asarray(labels))
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        report[name] = (p, middle - half, middle + half)
    return report


# %% exercise="damage-report" kind="mistake" name="always-95" says="confidence asked for is not heeded"
def damage_report(predict, images, labels, damages, confidence=0.95):
    n = len(labels)
    if n != len(images) or n == 0:
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = 1.959964
    report = {}
    for name, damage in {"none": lambda intact: intact, **damages}.items():
        p = np.mean(np.asarray(predict(damage(images.copy()))) == np.asarray(labels))
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        report[name] = (p, middle - half, middle + half)
    return report


# %% exercise="damage-report" kind="mistake" name="damages-pile-up" says="the damages pile up"
def damage_report(predict, images, labels, damages, confidence=0.95):
    n = len(labels)
    if n != len(images) or n == 0:
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = norm.ppf((1 + confidence) / 2)
    report, pictures = {}, images.copy()
    for name, damage in {"none": lambda intact: intact, **damages}.items():
        p = np.mean(np.asarray(predict(pictures := damage(pictures.copy()))) == np.asarray(labels))
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        report[name] = (p, middle - half, middle + half)
    return report


# %% exercise="damage-report" kind="mistake" name="no-copy" says="a damage wrote into them"
def damage_report(predict, images, labels, damages, confidence=0.95):
    n = len(labels)
    if n != len(images) or n == 0:
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = norm.ppf((1 + confidence) / 2)
    report = {}
    for name, damage in {"none": lambda intact: intact, **damages}.items():
        p = np.mean(np.asarray(predict(damage(images))) == np.asarray(labels))
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        report[name] = (p, middle - half, middle + half)
    return report


# %% exercise="damage-report" kind="mistake" name="intact-forgotten" says="intact pictures have no entry"
def damage_report(predict, images, labels, damages, confidence=0.95):
    n = len(labels)
    if n != len(images) or n == 0:
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = norm.ppf((1 + confidence) / 2)
    report = {}
    for name, damage in damages.items():
        p = np.mean(np.asarray(predict(damage(images.copy()))) == np.asarray(labels))
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        report[name] = (p, middle - half, middle + half)
    return report


# %% exercise="damage-report" kind="mistake" name="in-percent" says="the accuracy is in percent"
def damage_report(predict, images, labels, damages, confidence=0.95):
    n = len(labels)
    if n != len(images) or n == 0:
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = norm.ppf((1 + confidence) / 2)
    report = {}
    for name, damage in {"none": lambda intact: intact, **damages}.items():
        p = np.mean(np.asarray(predict(damage(images.copy()))) == np.asarray(labels))
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        report[name] = (100 * p, middle - half, middle + half)
    return report


# %% exercise="damage-report" kind="mistake" name="share-of-mistakes" says="the share of wrong answers"
def damage_report(predict, images, labels, damages, confidence=0.95):
    n = len(labels)
    if n != len(images) or n == 0:
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = norm.ppf((1 + confidence) / 2)
    report = {}
    for name, damage in {"none": lambda intact: intact, **damages}.items():
        p = np.mean(np.asarray(predict(damage(images.copy()))) != np.asarray(labels))
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        report[name] = (p, middle - half, middle + half)
    return report


# %% exercise="damage-report" kind="mistake" name="lengths-not-looked-at" says="three pictures with one label pass"
def damage_report(predict, images, labels, damages, confidence=0.95):
    n = len(labels)
    if n == 0:
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = norm.ppf((1 + confidence) / 2)
    report = {}
    for name, damage in {"none": lambda intact: intact, **damages}.items():
        p = np.mean(np.asarray(predict(damage(images.copy()))) == np.asarray(labels))
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        report[name] = (p, middle - half, middle + half)
    return report


# %% exercise="damage-report" kind="mistake" name="nothing-counted" says="no pictures at all pass"
def damage_report(predict, images, labels, damages, confidence=0.95):
    n = len(labels)
    if n != len(images):
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = norm.ppf((1 + confidence) / 2)
    report = {}
    for name, damage in {"none": lambda intact: intact, **damages}.items():
        p = np.mean(np.asarray(predict(damage(images.copy()))) == np.asarray(labels))
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        report[name] = (p, middle - half, middle + half)
    return report


# %% exercise="damage-report" kind="mistake" name="returned-pictures-lost" says="what a damage returns is not used"
def damage_report(predict, images, labels, damages, confidence=0.95):
    """{"none" and each damage: (accuracy, low, high)}, with Wilson's interval (1927) at the two-sided confidence."""
    n = len(labels)
    if n != len(images) or n == 0:
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = norm.ppf((1 + confidence) / 2)
    report = {}
    for name, damage in {"none": lambda intact: intact, **damages}.items():
        pictures = images.copy()
        damage(pictures)
        p = np.mean(np.asarray(predict(pictures)) == np.asarray(labels))
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        report[name] = (p, middle - half, middle + half)
    return report


# %% exercise="damage-report" kind="mistake" name="rounded" says="the interval is rounded"
def damage_report(predict, images, labels, damages, confidence=0.95):
    """{"none" and each damage: (accuracy, low, high)}, with Wilson's interval (1927) at the two-sided confidence."""
    n = len(labels)
    if n != len(images) or n == 0:
        raise ValueError(f"{len(images)} pictures and {n} labels")
    z = norm.ppf((1 + confidence) / 2)
    report = {}
    for name, damage in {"none": lambda intact: intact, **damages}.items():
        p = np.mean(np.asarray(predict(damage(images.copy()))) == np.asarray(labels))
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        report[name] = tuple(round(float(x), 3) for x in (p, middle - half, middle + half))
    return report


# %% exercise="hall-decision" kind="alternative" name="by-verdict"
verdicts = dict.fromkeys("ACF", "holds") | dict.fromkeys("BDE", "fails") | dict.fromkeys("GH", "not shown")
verdicts["network"] = "augmented"


# %% exercise="hall-decision" kind="alternative" name="other-spelling"
answers = ["Holds", "Fails", "Holds", " fails", "FAILS", "holds", "Not  shown", "not shown", "Augmented"]
verdicts = dict(zip([*"ABCDEFGH", "network"], answers, strict=True))


# %% exercise="hall-decision" kind="mistake" name="benchmark-decides" says="network is chosen by the catalogue's benchmark"
verdicts = {
    "A": "holds",
    "B": "fails",
    "C": "holds",
    "D": "fails",
    "E": "fails",
    "F": "holds",
    "G": "not shown",
    "H": "not shown",
    "network": "plain",
}


# %% exercise="hall-decision" kind="mistake" name="robust-to-all" says="robustness to one damage"
verdicts = {
    "A": "holds",
    "B": "holds",
    "C": "holds",
    "D": "fails",
    "E": "fails",
    "F": "holds",
    "G": "not shown",
    "H": "not shown",
    "network": "augmented",
}


# %% exercise="hall-decision" kind="mistake" name="confidence-trusted" says="D trusts the confidence"
verdicts = {
    "A": "holds",
    "B": "fails",
    "C": "holds",
    "D": "holds",
    "E": "fails",
    "F": "holds",
    "G": "not shown",
    "H": "not shown",
    "network": "augmented",
}


# %% exercise="hall-decision" kind="mistake" name="cure-travels" says="E forgets where T was fitted"
verdicts = {
    "A": "holds",
    "B": "fails",
    "C": "holds",
    "D": "fails",
    "E": "holds",
    "F": "holds",
    "G": "not shown",
    "H": "not shown",
    "network": "augmented",
}


# %% exercise="hall-decision" kind="mistake" name="simulation-is-the-hall" says="G takes a simulation"
verdicts = {
    "A": "holds",
    "B": "fails",
    "C": "holds",
    "D": "fails",
    "E": "fails",
    "F": "holds",
    "G": "holds",
    "H": "not shown",
    "network": "augmented",
}


# %% exercise="hall-decision" kind="mistake" name="people-beaten" says="H has no measurement"
verdicts = {
    "A": "holds",
    "B": "fails",
    "C": "holds",
    "D": "fails",
    "E": "fails",
    "F": "holds",
    "G": "not shown",
    "H": "holds",
    "network": "augmented",
}


# %% exercise="hall-decision" kind="mistake" name="noise-feared" says="F was measured"
verdicts = {
    "A": "holds",
    "B": "fails",
    "C": "holds",
    "D": "fails",
    "E": "fails",
    "F": "fails",
    "G": "not shown",
    "H": "not shown",
    "network": "augmented",
}


# %% exercise="hall-decision" kind="mistake" name="augmentation-always-better" says="A was measured"
verdicts = {
    "A": "fails",
    "B": "fails",
    "C": "holds",
    "D": "fails",
    "E": "fails",
    "F": "holds",
    "G": "not shown",
    "H": "not shown",
    "network": "augmented",
}


# %% exercise="hall-decision" kind="mistake" name="beyond-training" says="C was measured"
verdicts = {
    "A": "holds",
    "B": "fails",
    "C": "fails",
    "D": "fails",
    "E": "fails",
    "F": "holds",
    "G": "not shown",
    "H": "not shown",
    "network": "augmented",
}


# %% exercise="repaired-batches" kind="equivalent" mutant="- flip = rng.random(len(rows)) < 0.5 | + flip = rng.random(len(rows)) <= 0.5" reason="a draw of exactly one half comes once in 2^53"

# %% exercise="calibration" kind="equivalent" mutant="- return np.mean(logsumexp(z, axis=1) - z[np.arange(len(z)), labels]) | + return np.sum(logsumexp(z, axis=1) - z[np.arange(len(z)), labels])" reason="the sum and the mean are smallest at the same temperature"

# %% exercise="calibration" kind="equivalent" mutant="- return float(np.exp(minimize_scalar(loss, bounds=(-3, 3)).x)) | + return float(np.exp(minimize_scalar(loss, bounds=(-4, 3)).x))" reason="wider bounds: the temperatures asked for lie within both"

# %% exercise="calibration" kind="equivalent" mutant="- return float(np.exp(minimize_scalar(loss, bounds=(-3, 3)).x)) | + return float(np.exp(minimize_scalar(loss, bounds=(-3, 4)).x))" reason="wider bounds: the temperatures asked for lie within both"

# %% exercise="repaired-batches" kind="equivalent" mutant="- padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach))) | + padded = np.pad(batch, ((0, 1), (reach, reach), (reach, reach)))" reason="one more picture behind the last: only padded[i] for i below len(rows) is read"

# %% exercise="calibration" kind="equivalent" mutant="- return float(np.exp(minimize_scalar(loss, bounds=(-3, 3)).x)) | + return float(np.exp(minimize_scalar(loss).x))" reason="without bounds it is Brent's method, which brackets the one minimum by itself: the loss has only one in log T"
