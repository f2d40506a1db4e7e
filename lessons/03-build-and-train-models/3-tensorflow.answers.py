# %% [markdown]
# # Answers to "TensorFlow"

# %% exercise="flights-dataset" kind="alternative" name="zip"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    slices = tf.data.Dataset.from_tensor_slices
    inputs = tf.data.Dataset.zip({"numbers": slices(numbers), "categories": slices(categories)})
    both = tf.data.Dataset.zip((inputs, slices(late)))
    if training:
        both = both.shuffle(both.cardinality(), seed=seed, reshuffle_each_iteration=True)
    return both.batch(batch_size, drop_remainder=False).prefetch(tf.data.AUTOTUNE)


# %% exercise="flights-dataset" kind="alternative" name="shuffled-indices"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    rows = tf.data.Dataset.range(len(late))
    if training:
        rows = rows.shuffle(len(late), seed=seed)
    x, c, y = tf.constant(numbers), tf.constant(categories), tf.constant(late)
    return rows.batch(batch_size).map(
        lambda i: ({"numbers": tf.gather(x, i), "categories": tf.gather(c, i)}, tf.gather(y, i))
    )


# %% exercise="flights-dataset" kind="alternative" name="cached-before"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    data = {"numbers": np.asarray(numbers), "categories": np.asarray(categories)}
    dataset = tf.data.Dataset.from_tensor_slices((data, np.asarray(late))).cache()
    return (dataset.shuffle(100_000, seed=seed) if training else dataset).batch(batch_size)


# %% exercise="flights-dataset" kind="mistake" name="shuffle-after-batch" says="whole batches are shuffled, not rows"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    dataset = tf.data.Dataset.from_tensor_slices(({"numbers": numbers, "categories": categories}, late)).batch(
        batch_size
    )
    if training:
        # the smaller batch stays last
        whole = len(late) // batch_size
        dataset = dataset.take(whole).shuffle(whole, seed=seed).concatenate(dataset.skip(whole))
    return dataset


# %% exercise="flights-dataset" kind="mistake" name="shuffle-after-batch-plain" says="the batches do not have the size asked for"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    dataset = tf.data.Dataset.from_tensor_slices(({"numbers": numbers, "categories": categories}, late)).batch(
        batch_size
    )
    return dataset.shuffle(len(late), seed=seed) if training else dataset


# %% exercise="flights-dataset" kind="mistake" name="drop-remainder" says="the last, smaller batch is dropped"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    dataset = tf.data.Dataset.from_tensor_slices(({"numbers": numbers, "categories": categories}, late))
    if training:
        dataset = dataset.shuffle(len(late), seed=seed)
    return dataset.batch(batch_size, drop_remainder=True)


# %% exercise="flights-dataset" kind="mistake" name="cache-after-shuffle" says="every epoch comes in the same order"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    dataset = tf.data.Dataset.from_tensor_slices(({"numbers": numbers, "categories": categories}, late))
    if training:
        dataset = dataset.shuffle(len(late), seed=seed)
    return dataset.cache().batch(batch_size)


# %% exercise="flights-dataset" kind="mistake" name="features-and-labels-apart" says="features and labels are shuffled apart"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    inputs = tf.data.Dataset.from_tensor_slices({"numbers": numbers, "categories": categories})
    labels = tf.data.Dataset.from_tensor_slices(late)
    if training:
        inputs, labels = inputs.shuffle(len(late), seed=seed), labels.shuffle(len(late), seed=seed + 1)
    return tf.data.Dataset.zip((inputs, labels)).batch(batch_size)


# %% exercise="flights-dataset" kind="mistake" name="shuffles-validation" says="rows that are not for training must keep their order"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    dataset = tf.data.Dataset.from_tensor_slices(({"numbers": numbers, "categories": categories}, late))
    return dataset.shuffle(len(late), seed=seed).batch(batch_size)


# %% exercise="flights-dataset" kind="mistake" name="small-buffer" says="the shuffle buffer is smaller than the table"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    dataset = tf.data.Dataset.from_tensor_slices(({"numbers": numbers, "categories": categories}, late))
    if training:
        dataset = dataset.shuffle(4 * batch_size, seed=seed)
    return dataset.batch(batch_size)


# %% exercise="flights-dataset" kind="mistake" name="no-seed" says="the same seed gives other orders"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    dataset = tf.data.Dataset.from_tensor_slices(({"numbers": numbers, "categories": categories}, late))
    if training:
        dataset = dataset.shuffle(len(late))
    return dataset.batch(batch_size)


# %% exercise="flights-dataset" kind="mistake" name="repeats" says="an epoch holds rows more than once"
def flights_dataset(numbers, categories, late, batch_size, training, seed):
    dataset = tf.data.Dataset.from_tensor_slices(({"numbers": numbers, "categories": categories}, late))
    if training:
        dataset = dataset.shuffle(len(late), seed=seed).repeat()
    return dataset.batch(batch_size)


# %% exercise="keras-late-model" kind="alternative" name="subclassed"
class LateModel(keras.Model):
    def __init__(self, sizes, dim, width):
        super().__init__()
        self.tables = [
            keras.layers.Embedding(n, dim, name=name) for n, name in zip(sizes, ("carrier", "origin", "dest"))
        ]
        self.hidden = keras.layers.Dense(width, activation="relu", name="hidden")
        self.logit = keras.layers.Dense(1, name="logit")

    def call(self, inputs, training=False):
        codes = inputs["categories"]
        vectors = [table(codes[:, i]) for i, table in enumerate(self.tables)]
        return self.logit(self.hidden(keras.ops.concatenate([inputs["numbers"], *vectors], axis=-1)))


def late_model(sizes, dim, width):
    model = LateModel(sizes, dim, width)
    model.compile(keras.optimizers.Adam(learning_rate=3e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    return model


# %% exercise="keras-late-model" kind="alternative" name="own-loss"
def mean_log_loss(late, logits):
    late = keras.ops.cast(keras.ops.reshape(late, keras.ops.shape(logits)), logits.dtype)
    return keras.ops.mean(keras.ops.softplus(logits) - late * logits)


def late_model(sizes, dim, width):
    layers = keras.layers
    numbers = layers.Input(shape=(13,), name="numbers", dtype="float32")
    categories = layers.Input(shape=(len(sizes),), name="categories", dtype="int32")
    parts = [numbers]
    for column, name in enumerate(NAMES):
        code = layers.Lambda(lambda c, column=column: c[:, column : column + 1])(categories)
        parts.append(layers.Flatten()(layers.Embedding(input_dim=sizes[column], output_dim=dim, name=name)(code)))
    x = layers.Dense(width, name="hidden")(layers.concatenate(parts))
    x = layers.ReLU()(x)
    model = keras.Model(inputs={"numbers": numbers, "categories": categories}, outputs=layers.Dense(1, name="logit")(x))
    optimizer = keras.optimizers.Adam(0.003)
    model.compile(loss=mean_log_loss, optimizer=optimizer)
    return model


# %% exercise="keras-late-model" kind="mistake" name="sigmoid-and-from-logits" says="the model squashes its output"
def late_model(sizes, dim, width):
    numbers = keras.Input((13,), name="numbers")
    categories = keras.Input((3,), dtype="int64", name="categories")
    embedded = [
        keras.layers.Embedding(n, dim, name=name)(categories[:, i]) for i, (n, name) in enumerate(zip(sizes, NAMES))
    ]
    joined = keras.layers.Concatenate()([numbers, *embedded])
    hidden = keras.layers.Dense(width, activation="relu", name="hidden")(joined)
    output = keras.layers.Dense(1, activation="sigmoid", name="logit")(hidden)
    model = keras.Model({"numbers": numbers, "categories": categories}, output)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


# %% exercise="keras-late-model" kind="mistake" name="no-activation" says="no activation between the dense layers"
def late_model(sizes, dim, width):
    numbers = keras.Input((13,), name="numbers")
    categories = keras.Input((3,), dtype="int64", name="categories")
    embedded = [
        keras.layers.Embedding(n, dim, name=name)(categories[:, i]) for i, (n, name) in enumerate(zip(sizes, NAMES))
    ]
    joined = keras.layers.Concatenate()([numbers, *embedded])
    hidden = keras.layers.Dense(width, name="hidden")(joined)
    output = keras.layers.Dense(1, name="logit")(hidden)
    model = keras.Model({"numbers": numbers, "categories": categories}, output)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


# %% exercise="keras-late-model" kind="mistake" name="one-row-short" says="is one row short"
def late_model(sizes, dim, width):
    numbers = keras.Input((13,), name="numbers")
    categories = keras.Input((3,), dtype="int64", name="categories")
    # code 0 is for the unknown
    embedded = [
        keras.layers.Embedding(n - 1, dim, name=name)(categories[:, i]) for i, (n, name) in enumerate(zip(sizes, NAMES))
    ]
    joined = keras.layers.Concatenate()([numbers, *embedded])
    hidden = keras.layers.Dense(width, activation="relu", name="hidden")(joined)
    output = keras.layers.Dense(1, name="logit")(hidden)
    model = keras.Model({"numbers": numbers, "categories": categories}, output)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


# %% exercise="keras-late-model" kind="mistake" name="softmax-on-one-unit" says="a softmax over one unit is always 1"
def late_model(sizes, dim, width):
    numbers = keras.Input((13,), name="numbers")
    categories = keras.Input((3,), dtype="int64", name="categories")
    embedded = [
        keras.layers.Embedding(n, dim, name=name)(categories[:, i]) for i, (n, name) in enumerate(zip(sizes, NAMES))
    ]
    joined = keras.layers.Concatenate()([numbers, *embedded])
    hidden = keras.layers.Dense(width, activation="relu", name="hidden")(joined)
    output = keras.layers.Dense(1, activation="softmax", name="logit")(hidden)
    model = keras.Model({"numbers": numbers, "categories": categories}, output)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy")
    return model


# %% exercise="keras-late-model" kind="mistake" name="relu-on-the-logit" says="a ReLU on the last layer"
def late_model(sizes, dim, width):
    numbers = keras.Input((13,), name="numbers")
    categories = keras.Input((3,), dtype="int64", name="categories")
    embedded = [
        keras.layers.Embedding(n, dim, name=name)(categories[:, i]) for i, (n, name) in enumerate(zip(sizes, NAMES))
    ]
    x = keras.layers.Concatenate()([numbers, *embedded])
    for units, name in ((width, "hidden"), (1, "logit")):
        x = keras.layers.Dense(units, activation="relu", name=name)(x)
    model = keras.Model({"numbers": numbers, "categories": categories}, x)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


# %% exercise="keras-late-model" kind="mistake" name="from-logits-missing" says="the loss takes the logits for probabilities"
def late_model(sizes, dim, width):
    numbers = keras.Input((13,), name="numbers")
    categories = keras.Input((3,), dtype="int64", name="categories")
    embedded = [
        keras.layers.Embedding(n, dim, name=name)(categories[:, i]) for i, (n, name) in enumerate(zip(sizes, NAMES))
    ]
    joined = keras.layers.Concatenate()([numbers, *embedded])
    hidden = keras.layers.Dense(width, activation="relu", name="hidden")(joined)
    output = keras.layers.Dense(1, name="logit")(hidden)
    model = keras.Model({"numbers": numbers, "categories": categories}, output)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy")
    return model


# %% exercise="keras-late-model" kind="mistake" name="not-compiled" says="the model is not compiled"
def late_model(sizes, dim, width):
    numbers = keras.Input((13,), name="numbers")
    categories = keras.Input((3,), dtype="int64", name="categories")
    embedded = [
        keras.layers.Embedding(n, dim, name=name)(categories[:, i]) for i, (n, name) in enumerate(zip(sizes, NAMES))
    ]
    joined = keras.layers.Concatenate()([numbers, *embedded])
    hidden = keras.layers.Dense(width, activation="relu", name="hidden")(joined)
    return keras.Model({"numbers": numbers, "categories": categories}, keras.layers.Dense(1, name="logit")(hidden))


# %% exercise="keras-late-model" kind="equivalent" mutant="- categories = keras.Input((3,), dtype='int64', name='categories') | + categories = keras.Input((3,), name='categories')" reason="an Embedding casts its codes to integers, and float32 holds every code exactly"

# %% exercise="keras-late-model" kind="equivalent" mutant="- categories = keras.Input((3,), dtype='int64', name='categories') | + categories = keras.Input((3,), dtype='int64')" reason="unnamed inputs give the same model; Keras only warns that a dict's keys are not the names"

# %% exercise="keras-late-model" kind="equivalent" mutant="- numbers = keras.Input((13,), name='numbers') | + numbers = keras.Input((13,))" reason="unnamed inputs give the same model; Keras only warns that a dict's keys are not the names"


# %% exercise="weights-from-torch" kind="alternative" name="assign"
def copy_weights(state, model):
    layers = {layer.name: layer for layer in model.layers}
    for key, value in state.items():
        owner, _, kind = key.rpartition(".")
        if owner.startswith("embeddings"):
            layers[NAMES[int(owner[-1])]].embeddings.assign(value)
        elif kind == "weight":
            layers[owner].kernel.assign(np.transpose(np.asarray(value)))
        else:
            layers[owner].bias.assign(np.asarray(value))


# %% exercise="weights-from-torch" kind="alternative" name="all-at-once"
def copy_weights(state, model):
    source = {
        "carrier/embeddings": "embeddings.0.weight",
        "origin/embeddings": "embeddings.1.weight",
        "dest/embeddings": "embeddings.2.weight",
        "hidden/kernel": "hidden.weight",
        "hidden/bias": "hidden.bias",
        "logit/kernel": "logit.weight",
        "logit/bias": "logit.bias",
    }
    arrays = []
    for weight in model.weights:
        name = "/".join(weight.path.split("/")[-2:])
        array = state[source[name]].detach().cpu().numpy()
        arrays.append(array.T if name.endswith("kernel") else array)
    model.set_weights(arrays)
    return model


# %% exercise="weights-from-torch" kind="mistake" name="not-transposed" says="the hidden kernel is not transposed"
def copy_weights(state, model):
    for i, name in enumerate(["carrier", "origin", "dest"]):
        model.get_layer(name).set_weights([state[f"embeddings.{i}.weight"].numpy()])
    model.get_layer("hidden").set_weights([state["hidden.weight"].numpy(), state["hidden.bias"].numpy()])
    model.get_layer("logit").set_weights([state["logit.weight"].numpy().T, state["logit.bias"].numpy()])


# %% exercise="weights-from-torch" kind="mistake" name="nothing-transposed" says="Keras refuses an array"
def copy_weights(state, model):
    for i, name in enumerate(["carrier", "origin", "dest"]):
        model.get_layer(name).set_weights([state[f"embeddings.{i}.weight"].numpy()])
    for name in ["hidden", "logit"]:
        model.get_layer(name).set_weights([state[f"{name}.weight"].numpy(), state[f"{name}.bias"].numpy()])


# %% exercise="weights-from-torch" kind="mistake" name="reshaped" says="the hidden kernel is reshaped, not transposed"
def copy_weights(state, model):
    for i, name in enumerate(["carrier", "origin", "dest"]):
        model.get_layer(name).set_weights([state[f"embeddings.{i}.weight"].numpy()])
    for name in ["hidden", "logit"]:
        layer = model.get_layer(name)
        layer.set_weights([state[f"{name}.weight"].numpy().reshape(layer.kernel.shape), state[f"{name}.bias"].numpy()])


# %% exercise="weights-from-torch" kind="mistake" name="bias-forgotten" says="is left behind"
def copy_weights(state, model):
    for i, name in enumerate(["carrier", "origin", "dest"]):
        model.get_layer(name).embeddings.assign(state[f"embeddings.{i}.weight"].numpy())
    for name in ["hidden", "logit"]:
        model.get_layer(name).kernel.assign(state[f"{name}.weight"].numpy().T)


# %% exercise="weights-from-torch" kind="mistake" name="wrong-order" says="the embedding tables are in the wrong layers"
def copy_weights(state, model):
    tables = sorted(["carrier", "origin", "dest"])
    for i, name in enumerate(tables):
        model.get_layer(name).set_weights([state[f"embeddings.{i}.weight"].numpy()])
    for name in ["hidden", "logit"]:
        model.get_layer(name).set_weights([state[f"{name}.weight"].numpy().T, state[f"{name}.bias"].numpy()])


# %% exercise="weights-from-torch" kind="mistake" name="on-a-clone" says="no weight of the model has changed"
def copy_weights(state, model):
    model = keras.models.clone_model(model)
    for i, name in enumerate(["carrier", "origin", "dest"]):
        model.get_layer(name).set_weights([state[f"embeddings.{i}.weight"].numpy()])
    for name in ["hidden", "logit"]:
        model.get_layer(name).set_weights([state[f"{name}.weight"].numpy().T, state[f"{name}.bias"].numpy()])
    return model


# %% exercise="tape-step" kind="alternative" name="keras-loss"
def train_step(model, optimizer, inputs, late):
    log_loss = keras.losses.BinaryCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = log_loss(keras.ops.expand_dims(late, -1), model(inputs, training=True))
    optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
    return loss


# %% exercise="tape-step" kind="alternative" name="by-hand"
def train_step(model, optimizer, inputs, late):
    weights = model.trainable_variables
    late = tf.reshape(tf.cast(late, tf.float32), [-1, 1])
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([w.value for w in weights])
        logits = model(inputs, training=True)
        each = tf.maximum(logits, 0.0) - logits * late + tf.math.log1p(tf.exp(-tf.abs(logits)))
        loss = tf.reduce_sum(each) / tf.cast(tf.size(each), tf.float32)
    gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, weights)]
    optimizer.apply_gradients(list(zip(gradients, weights)))
    return float(loss)


# %% exercise="tape-step" kind="alternative" name="already-a-graph"
@tf.function
def train_step(model, optimizer, inputs, late):
    with tf.GradientTape() as tape:
        logits = tf.squeeze(model(inputs, training=True), axis=1)
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(late[:, None], logits[:, None], from_logits=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


# %% exercise="tape-step" kind="mistake" name="outside-the-tape" says="no gradient reaches the weights"
def train_step(model, optimizer, inputs, late):
    logits = model(inputs, training=True)[:, 0]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=late, logits=logits))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


# %% exercise="tape-step" kind="mistake" name="not-training" says="the model runs as in prediction, not as in training"
def train_step(model, optimizer, inputs, late):
    with tf.GradientTape() as tape:
        logits = model(inputs)[:, 0]
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=late, logits=logits))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


# %% exercise="tape-step" kind="mistake" name="vector-loss" says="the weights follow the sum of the batch's losses"
def train_step(model, optimizer, inputs, late):
    with tf.GradientTape() as tape:
        logits = model(inputs, training=True)[:, 0]
        losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=late, logits=logits)
    gradients = tape.gradient(losses, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return tf.reduce_mean(losses)


# %% exercise="tape-step" kind="mistake" name="broadcast" says="every flight is judged by every label"
def train_step(model, optimizer, inputs, late):
    with tf.GradientTape() as tape:
        logits = model(inputs, training=True)
        loss = tf.reduce_mean(tf.nn.softplus(logits) - late * logits)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


# %% exercise="tape-step" kind="mistake" name="frozen-too" says="a weight that is frozen is updated"
def train_step(model, optimizer, inputs, late):
    with tf.GradientTape() as tape:
        logits = model(inputs, training=True)[:, 0]
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=late, logits=logits))
    gradients = tape.gradient(loss, model.weights)
    optimizer.apply_gradients(zip(gradients, model.weights))
    return loss


# %% exercise="tape-step" kind="mistake" name="head-only" says="only the last layer is updated"
def train_step(model, optimizer, inputs, late):
    with tf.GradientTape() as tape:
        logits = model(inputs, training=True)[:, 0]
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=late, logits=logits))
    weights = model.layers[-1].trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss


# %% exercise="tape-step" kind="mistake" name="loss-after" says="the loss returned is the one after the update"
def train_step(model, optimizer, inputs, late):
    with tf.GradientTape() as tape:
        logits = model(inputs, training=True)[:, 0]
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=late, logits=logits))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    logits = model(inputs, training=True)[:, 0]
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=late, logits=logits))


# %% exercise="tape-step" kind="mistake" name="own-optimiser" says="is not where PyTorch's step takes it"
def train_step(model, optimizer, inputs, late):
    optimizer = keras.optimizers.Adam(0.003)
    with tf.GradientTape() as tape:
        logits = model(inputs, training=True)[:, 0]
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=late, logits=logits))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


# %% exercise="weights-from-torch" kind="equivalent" mutant="- for name in ['hidden', 'logit']: | + for name in ['logit', 'hidden']:" reason="the layers are copied one by one: in which order does not matter"
