"""Golden values from PyTorch for the TabTransformer, its gradients and the optimisers.

python libs/tabular-models/golden/generate.py && npx prettier --write libs/tabular-models/golden/golden.json
(needs torch and numpy; writes golden.json and reduced-gradient.f32 beside this file)

Parameters, inputs and dropout masks come from an integer hash that the TypeScript tests repeat exactly,
so only results are stored. The masked forward pass below is checked against torch.nn.TransformerEncoder first.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)
REDUCED = dict(d=8, heads=2, layers=2, ff=16, p=0.3, cards=[3, 4, 5], n_num=3, batch=5)
FULL = dict(d=32, heads=4, layers=6, ff=64, p=0.3, cards=[2, 7, 4, 11, 11, 11, 11, 11, 11], n_num=14, batch=32)


def unit(count, seed):
    """Numbers in [0, 1): a 32-bit integer hash of (position, seed), exact in float64."""
    out = torch.empty(count, dtype=torch.float64)
    for i in range(count):
        x = (i * 2654435761 + seed * 40503 + 12345) & 0xFFFFFFFF
        x = ((x ^ (x >> 15)) * 2246822519) & 0xFFFFFFFF
        x = ((x ^ (x >> 13)) * 3266489917) & 0xFFFFFFFF
        out[i] = (x ^ (x >> 16)) / 4294967296
    return out


def layout(c):
    d, ff, tokens = c["d"], c["ff"], len(c["cards"])
    norm = lambda n, w: [(f"{n}.weight", (w,)), (f"{n}.bias", (w,))]
    lin = lambda n, i, o: [(f"{n}.weight", (o, i)), (f"{n}.bias", (o,))]
    shapes = [("embeddings.weight", (sum(c["cards"]), d))]
    for l in range(c["layers"]):
        n = f"encoder.{l}"
        shapes += lin(f"{n}.attention.in", d, 3 * d) + lin(f"{n}.attention.out", d, d) + norm(f"{n}.norm1", d)
        shapes += lin(f"{n}.feedForward.0", d, ff) + lin(f"{n}.feedForward.1", ff, d) + norm(f"{n}.norm2", d)
    shapes += norm("numericNorm", c["n_num"])
    return shapes + lin("head.0", tokens * d + c["n_num"], 128) + lin("head.1", 128, 64) + lin("head.2", 64, 2)


def parameters(c, dtype):
    result = {}
    for index, (name, shape) in enumerate(layout(c)):
        values = (unit(math.prod(shape), 1000 + index) - 0.5) * 0.5
        if "orm" in name and name.endswith("weight"):
            values = values + 1
        result[name] = values.float().to(dtype).reshape(shape).requires_grad_()
    return result


def data(c, dtype):
    b, t = c["batch"], len(c["cards"])
    cat = torch.stack([(unit(b, 10 + i) * card).long() for i, card in enumerate(c["cards"])], 1)
    num = ((unit(b * c["n_num"], 50) - 0.5) * 4).float().to(dtype).reshape(b, c["n_num"])
    return cat, num, (unit(b, 60) < 0.3).long()


def masks(c, dtype):
    b, t, d = c["batch"], len(c["cards"]), c["d"]
    shapes = []
    for _ in range(c["layers"]):
        shapes += [(b, c["heads"], t, t), (b * t, d), (b * t, c["ff"]), (b * t, d)]
    shapes += [(b, 128), (b, 64)]
    flat = (unit(sum(math.prod(s) for s in shapes), 70) >= c["p"]).to(dtype) / (1 - c["p"])
    out, at = [], 0
    for s in shapes:
        out.append(flat[at:at + math.prod(s)].reshape(s))
        at += math.prod(s)
    return iter(out)


def forward(c, P, cat, num, mask):
    b, t, d, h = c["batch"], len(c["cards"]), c["d"], c["heads"]
    drop = (lambda x: x * next(mask)) if mask else (lambda x: x)
    lin = lambda x, n: F.linear(x, P[n + ".weight"], P[n + ".bias"])
    norm = lambda x, n: F.layer_norm(x, x.shape[-1:], P[n + ".weight"], P[n + ".bias"])
    starts = torch.tensor([0] + c["cards"][:-1]).cumsum(0)
    x = P["embeddings.weight"][cat + starts].reshape(b * t, d)
    for l in range(c["layers"]):
        n = f"encoder.{l}"
        q, k, v = (part.reshape(b, t, h, d // h).transpose(1, 2) for part in lin(x, n + ".attention.in").chunk(3, 1))
        weights = drop(((q @ k.transpose(2, 3)) / math.sqrt(d // h)).softmax(-1))
        mixed = (weights @ v).transpose(1, 2).reshape(b * t, d)
        x = norm(x + drop(lin(mixed, n + ".attention.out")), n + ".norm1")
        x = norm(x + drop(lin(drop(lin(x, n + ".feedForward.0").relu()), n + ".feedForward.1")), n + ".norm2")
    y = torch.cat([x.reshape(b, t * d), norm(num, "numericNorm")], 1)
    y = drop(lin(y, "head.0").relu())
    y = drop(lin(y, "head.1").relu())
    return lin(y, "head.2")


def module_logits(c, P, cat, num):
    """The same model from torch.nn modules, without dropout."""
    layer = torch.nn.TransformerEncoderLayer(c["d"], c["heads"], c["ff"], 0.0, batch_first=True)
    encoder = torch.nn.TransformerEncoder(layer, c["layers"], enable_nested_tensor=False).to(num.dtype)
    names = {"self_attn.in_proj_": "attention.in.", "self_attn.out_proj.": "attention.out.", "linear1.": "feedForward.0.",
             "linear2.": "feedForward.1.", "norm1.": "norm1.", "norm2.": "norm2."}
    state = {f"layers.{l}.{theirs}{kind}": P[f"encoder.{l}.{ours}{kind}"].detach()
             for l in range(c["layers"]) for theirs, ours in names.items() for kind in ("weight", "bias")}
    encoder.load_state_dict(state)
    starts = torch.tensor([0] + c["cards"][:-1]).cumsum(0)
    x = encoder(P["embeddings.weight"][cat + starts]).flatten(1)
    num = F.layer_norm(num, num.shape[-1:], P["numericNorm.weight"], P["numericNorm.bias"])
    for i in range(3):
        x = F.linear(torch.cat([x, num], 1) if i == 0 else x, P[f"head.{i}.weight"], P[f"head.{i}.bias"])
        x = x.relu() if i < 2 else x
    return x


def golden(c, dropout, dtype=torch.float64):
    P, (cat, num, y) = parameters(c, dtype), data(c, dtype)
    plain = forward(c, P, cat, num, None)
    assert torch.allclose(plain, module_logits(c, P, cat, num), atol=1e-12)
    logits = forward(c, P, cat, num, masks(c, dtype) if dropout else None)
    counts = torch.bincount(y, minlength=2)
    weight = len(y) / (2 * counts.to(dtype))
    loss = F.cross_entropy(logits, y, weight=weight)
    loss.backward()
    return P, loss, logits


def summary(c, dropout):
    P, loss, logits = golden(c, dropout)
    pick = lambda g: [g.flatten()[(i * 7919) % g.numel()].item() for i in range(6)]
    return {"loss": loss.item(), "logits": logits.flatten().tolist()[:16],
            "gradients": {n: {"norm": p.grad.norm().item(), "picked": pick(p.grad)} for n, p in P.items()}}


def optimizer(make, clip=None):
    """An optimiser of torch over five steps with given gradients. The first half of the parameters decays."""
    p = ((unit(8, 5) - 0.5)).float().double()
    first, second = p[:4].clone().requires_grad_(), p[4:].clone().requires_grad_()
    opt = make(first, second)
    steps = []
    for t in range(5):
        gradient = ((unit(8, 6 + t) - 0.5) * 10.0 ** (t - 2)).float().double()
        first.grad, second.grad = gradient[:4].clone(), gradient[4:].clone()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_([first, second], clip)
        opt.step()
        steps.append(torch.cat([first, second]).detach().tolist())
    return steps


def optimizers():
    """By the name of its test; learning rate 0.01."""
    both = lambda a, b: [a, b]
    groups = lambda a, b: [{"params": [a], "weight_decay": 0.1}, {"params": [b], "weight_decay": 0.0}]
    return {
        "sgd": optimizer(lambda a, b: torch.optim.SGD(both(a, b), 0.01)),
        "sgd with momentum": optimizer(lambda a, b: torch.optim.SGD(both(a, b), 0.01, momentum=0.9)),
        "adam": optimizer(lambda a, b: torch.optim.Adam(both(a, b), 0.01)),
        "adam with clipping": optimizer(lambda a, b: torch.optim.Adam(both(a, b), 0.01), clip=0.5),
        "adamw": optimizer(lambda a, b: torch.optim.AdamW(groups(a, b), 0.01)),
    }


def main():
    P, loss, logits = golden(REDUCED, True)
    flat = torch.cat([p.grad.flatten() for p in P.values()]).float()
    (HERE / "reduced-gradient.f32").write_bytes(flat.numpy().astype("<f4").tobytes())
    result = {
        "reduced": {"config": REDUCED, "loss": loss.item(), "logits": logits.flatten().tolist()},
        "full": {"config": FULL, "plain": summary(FULL, False), "dropout": summary(FULL, True)},
        "optimizers": optimizers(),
        "torch": torch.__version__.split("+")[0],
    }
    (HERE / "golden.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
