"""Golden contrastive losses and gradients of each kind's encoder with a projection head, from PyTorch.

python libs/tabular-models/golden/pretraining.py && npx prettier --write libs/tabular-models/golden/pretraining.json
(needs torch, numpy and rtdl_revisiting_models; writes pretraining.json beside this file)

NT-Xent is written as in the SimCLR paper (arXiv 2002.05709, eq. 1): view by view, over lists. Parameters and the views
come from the integer hash of generate.py; the second view's rows follow those of the first. In the padded case the last
of three rows weighs nothing, which must be the loss of the other two.
"""
import json
import math

import torch
import torch.nn.functional as F

import generate
import kinds
from generate import HERE, unit

BATCH, WIDTH, TEMPERATURE = 3, 6, 0.4
KINDS = {
    "tab-transformer": dict(kinds.SHARED, d=8, heads=2, layers=2, ff=16, p=0.0, batch=2 * BATCH),
    "ft-transformer": dict(kinds.FT, batch=2 * BATCH),
    "mlp": dict(kinds.MLP, batch=2 * BATCH),
}


def encoder_of(kind, c):
    """Shapes of the encoder's parameters, its width, and what it makes of encoded rows."""
    if kind == "tab-transformer":
        shapes = [s for s in generate.layout(c) if not s[0].startswith("head.")]
        return shapes, len(c["cards"]) * c["d"] + c["n_num"], tab_representation
    if kind == "ft-transformer":
        shapes = [s for s in kinds.ft_shapes(c) if not s[0].startswith("head.")]
        return shapes, c["d"], ft_representation
    shapes = [s for s in kinds.mlp_shapes(c) if not s[0].startswith("output.")]
    return shapes, c["hidden"][-1], mlp_representation


def tab_representation(c, P, cat, num):
    layer = torch.nn.TransformerEncoderLayer(c["d"], c["heads"], c["ff"], 0.0, batch_first=True)
    encoder = torch.nn.TransformerEncoder(layer, c["layers"], enable_nested_tensor=False).double()
    names = {"self_attn.in_proj_": "attention.in.", "self_attn.out_proj.": "attention.out.", "linear1.": "feedForward.0.",
             "linear2.": "feedForward.1.", "norm1.": "norm1.", "norm2.": "norm2."}
    state = {f"layers.{l}.{theirs}{part}": P[f"encoder.{l}.{ours}{part}"] for l in range(c["layers"])
             for theirs, ours in names.items() for part in ("weight", "bias")}
    assert state.keys() == encoder.state_dict().keys()
    x = F.embedding(kinds.offsets(c, cat), P["embeddings.weight"])
    x = torch.func.functional_call(encoder, state, (x,)).flatten(1)
    return torch.cat([x, F.layer_norm(num, num.shape[1:], P["numericNorm.weight"], P["numericNorm.bias"])], 1)


def ft_representation(c, P, cat, num):
    """The input of the head's norm, read out of the authors' module while it makes its logits."""
    seen, layer_norm = [], F.layer_norm
    weight = torch.ones(c["d"], dtype=torch.float64)
    head = {"head.norm.weight": weight, "head.norm.bias": 0 * weight,
            "head.linear.weight": torch.zeros(2, c["d"], dtype=torch.float64), "head.linear.bias": torch.zeros(2, dtype=torch.float64)}

    def recorded(x, *rest, **named):
        seen.append(x)
        return layer_norm(x, *rest, **named)

    F.layer_norm = recorded
    try:
        kinds.ft_logits(c, P | head, cat, num)
    finally:
        F.layer_norm = layer_norm
    return seen[-1].reshape(len(cat), c["d"])


def mlp_representation(c, P, cat, num):
    x = torch.cat([F.embedding(kinds.offsets(c, cat), P["embeddings.weight"]).flatten(1), num], 1)
    for i in range(len(c["hidden"])):
        x = F.linear(x, P[f"hidden.{i}.weight"], P[f"hidden.{i}.bias"]).relu()
    return x


def nt_xent(z, rows):
    """Mean over the views of the first `rows` rows, among whose views alone they must be found."""
    real = [view * BATCH + row for view in range(2) for row in range(rows)]
    losses = []
    for i in real:
        other = (i + BATCH) % (2 * BATCH)
        similarity = {k: F.cosine_similarity(z[i], z[k], dim=0) / TEMPERATURE for k in real if k != i}
        losses.append(-torch.log(similarity[other].exp() / sum(s.exp() for s in similarity.values())))
    return sum(losses) / len(losses)


def golden(kind, c, rows):
    shapes, width, representation = encoder_of(kind, c)
    shapes = shapes + kinds.linear("projection.0", width, WIDTH) + kinds.linear("projection.1", WIDTH, WIDTH)
    P = {}
    for index, (name, shape) in enumerate(shapes):
        values = (unit(math.prod(shape), 1000 + index) - 0.5) * 0.5
        values = values + 1 if "orm" in name and name.endswith("weight") else values
        P[name] = values.float().double().reshape(shape).requires_grad_()
    cat, num, _ = generate.data(c, torch.float64)
    hidden = F.linear(representation(c, P, cat, num), P["projection.0.weight"], P["projection.0.bias"]).relu()
    z = F.linear(hidden, P["projection.1.weight"], P["projection.1.bias"])
    loss = nt_xent(z, rows)
    loss.backward()
    gradients = {name: [round(g, 9) for g in p.grad.flatten().tolist()] for name, p in P.items()}
    return {"loss": loss.item(), "projections": F.normalize(z).flatten().tolist(), "gradients": gradients}


if __name__ == "__main__":
    terms = {"batch": BATCH, "projection": WIDTH, "temperature": TEMPERATURE}
    result = {kind: {"whole": golden(kind, c, BATCH), "padded": golden(kind, c, BATCH - 1)} for kind, c in KINDS.items()}
    (HERE / "pretraining.json").write_text(json.dumps({"terms": terms, "kinds": result}, indent=1) + "\n")
