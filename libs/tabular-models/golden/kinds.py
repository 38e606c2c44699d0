"""Golden losses, logits and gradients of the kinds of models beside the TabTransformer, from their reference code.

python libs/tabular-models/golden/kinds.py && npx prettier --write libs/tabular-models/golden/kinds.json
(needs torch, numpy and rtdl_revisiting_models, the FT-Transformer of its authors; writes kinds.json beside this file)

Parameters and inputs come from the integer hash of generate.py. Nothing is dropped here.
"""
import json
import math

import torch
import torch.nn.functional as F
from rtdl_revisiting_models import FTTransformer
from torch.func import functional_call

from generate import HERE, data, unit

SHARED = dict(cards=[3, 4, 5], n_num=3, batch=5)
FT = dict(SHARED, d=8, heads=2, layers=2, ff=6)
MLP = dict(SHARED, embedding=4, hidden=[7, 6])


def linear(name, inputs, outputs):
    return [(f"{name}.weight", (outputs, inputs)), (f"{name}.bias", (outputs,))]


def norm(name, width):
    return [(f"{name}.weight", (width,)), (f"{name}.bias", (width,))]


def ft_shapes(c):
    d, codes = c["d"], sum(c["cards"])
    shapes = [("tokenizer.row", (1, d)), ("tokenizer.numeric.weight", (c["n_num"], d)),
              ("tokenizer.numeric.bias", (c["n_num"], d)), ("tokenizer.categorical.weight", (codes, d)),
              ("tokenizer.categorical.bias", (len(c["cards"]), d))]
    for l in range(c["layers"]):
        n = f"encoder.{l}"
        shapes += (norm(f"{n}.norm1", d) if l > 0 else []) + linear(f"{n}.attention.in", d, 3 * d)
        shapes += linear(f"{n}.attention.out", d, d) + norm(f"{n}.norm2", d)
        shapes += linear(f"{n}.feedForward.0", d, 2 * c["ff"]) + linear(f"{n}.feedForward.1", c["ff"], d)
    return shapes + norm("head.norm", d) + linear("head.linear", d, 2)


def ft_logits(c, P, cat, num):
    module = FTTransformer(n_cont_features=c["n_num"], cat_cardinalities=c["cards"], d_out=2, n_blocks=c["layers"],
                           d_block=c["d"], attention_n_heads=c["heads"], attention_dropout=0.0, ffn_d_hidden=c["ff"],
                           ffn_d_hidden_multiplier=None, ffn_dropout=0.0, residual_dropout=0.0).double()
    state = {"cls_embedding.weight": P["tokenizer.row"][0], "cont_embeddings.weight": P["tokenizer.numeric.weight"],
             "cont_embeddings.bias": P["tokenizer.numeric.bias"], "cat_embeddings.bias": P["tokenizer.categorical.bias"]}
    for i, table in enumerate(P["tokenizer.categorical.weight"].split(c["cards"])):
        state[f"cat_embeddings.embeddings.{i}.weight"] = table
    pairs = [("head.norm", "backbone.output.normalization"), ("head.linear", "backbone.output.linear")]
    for l in range(c["layers"]):
        ours, theirs = f"encoder.{l}", f"backbone.blocks.{l}"
        pairs += [(f"{ours}.norm1", f"{theirs}.attention_normalization")] if l > 0 else []
        pairs += [(f"{ours}.norm2", f"{theirs}.ffn_normalization"), (f"{ours}.attention.out", f"{theirs}.attention.W_out"),
                  (f"{ours}.feedForward.0", f"{theirs}.ffn.linear1"), (f"{ours}.feedForward.1", f"{theirs}.ffn.linear2")]
        for kind in ("weight", "bias"):
            for which, part in zip("qkv", P[f"{ours}.attention.in.{kind}"].chunk(3)):
                state[f"{theirs}.attention.W_{which}.{kind}"] = part
    state |= {f"{theirs}.{kind}": P[f"{ours}.{kind}"] for ours, theirs in pairs for kind in ("weight", "bias")}
    assert state.keys() == module.state_dict().keys(), state.keys() ^ module.state_dict().keys()
    return functional_call(module, state, (num, cat))


def mlp_shapes(c):
    shapes, inputs = [("embeddings.weight", (sum(c["cards"]), c["embedding"]))], len(c["cards"]) * c["embedding"] + c["n_num"]
    for i, width in enumerate(c["hidden"]):
        shapes += linear(f"hidden.{i}", inputs, width)
        inputs = width
    return shapes + linear("output", inputs, 2)


def offsets(c, cat):
    return cat + torch.tensor([0] + c["cards"][:-1]).cumsum(0)


def mlp_logits(c, P, cat, num):
    x = torch.cat([F.embedding(offsets(c, cat), P["embeddings.weight"]).flatten(1), num], 1)
    for i in range(len(c["hidden"])):
        x = F.linear(x, P[f"hidden.{i}.weight"], P[f"hidden.{i}.bias"]).relu()
    return F.linear(x, P["output.weight"], P["output.bias"])


def logistic_shapes(c):
    return [("bias", (2,)), ("codes.weight", (sum(c["cards"]), 2)), ("numbers.weight", (2, c["n_num"]))]


def logistic_logits(c, P, cat, num):
    one_hot = F.one_hot(offsets(c, cat), sum(c["cards"])).sum(1).to(num.dtype)
    return one_hot @ P["codes.weight"] + num @ P["numbers.weight"].T + P["bias"]


def golden(c, shapes, logits_of):
    P = {}
    for index, (name, shape) in enumerate(shapes(c)):
        values = (unit(math.prod(shape), 1000 + index) - 0.5) * 0.5
        values = values + 1 if "orm" in name and name.endswith("weight") else values
        P[name] = values.float().double().reshape(shape).requires_grad_()
    cat, num, y = data(c, torch.float64)
    logits = logits_of(c, P, cat, num)
    weight = len(y) / (2 * torch.bincount(y, minlength=2).double())
    loss = F.cross_entropy(logits, y, weight=weight)
    loss.backward()
    gradients = {name: [round(g, 9) for g in p.grad.flatten().tolist()] for name, p in P.items()}
    return {"config": c, "loss": loss.item(), "logits": logits.flatten().tolist(), "gradients": gradients}


if __name__ == "__main__":
    result = {"ft-transformer": golden(FT, ft_shapes, ft_logits), "mlp": golden(MLP, mlp_shapes, mlp_logits),
              "logistic-regression": golden(dict(SHARED), logistic_shapes, logistic_logits)}
    (HERE / "kinds.json").write_text(json.dumps(result, indent=1) + "\n")
