"""PyTorch eager training the documented TabTransformer as a training loop runs it: one epoch a request, or all of them."""
import time

import torch
import torch.nn as nn

from round_server import serve


class TabTransformer(nn.Module):
    def __init__(self, sizes, cardinalities, dropout):
        super().__init__()
        d = sizes["dModel"]
        # All embeddings in one table: faster than one module per column.
        self.embeddings = nn.Embedding(sum(cardinalities), d)
        self.register_buffer("starts", torch.tensor([0] + cardinalities[:-1]).cumsum(0))
        layer = nn.TransformerEncoderLayer(d, sizes["heads"], sizes["feedForward"], dropout, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, sizes["layers"], enable_nested_tensor=False)
        self.numeric_norm = nn.LayerNorm(sizes["numeric"])
        self.head = nn.Sequential(
            nn.Linear(len(cardinalities) * d + sizes["numeric"], 128), nn.ReLU(), nn.Dropout(dropout),
            nn.Linear(128, 64), nn.ReLU(), nn.Dropout(dropout), nn.Linear(64, 2))

    def forward(self, categorical, numeric):
        tokens = self.encoder(self.embeddings(categorical + self.starts)).flatten(1)
        return self.head(torch.cat([tokens, self.numeric_norm(numeric)], 1))


class Training:
    def prepare(self, model, dropouts, cardinalities, learningRate, rows, categorical, numeric, labels):
        torch.manual_seed(0)
        self.models = {dropout: TabTransformer(model, cardinalities, dropout).train() for dropout in dropouts}
        # Fused: the fastest Adam that PyTorch has on a CPU.
        self.optimizers = {
            dropout: torch.optim.Adam(each.parameters(), learningRate, fused=True) for dropout, each in self.models.items()
        }
        self.categorical = torch.tensor(categorical).reshape(rows, -1)
        self.numeric = torch.tensor(numeric, dtype=torch.float32).reshape(rows, -1)
        self.labels = torch.tensor(labels)
        counts = torch.bincount(self.labels, minlength=2)
        self.loss = nn.CrossEntropyLoss(weight=rows / (2 * counts.float()))
        return {"parameters": sum(parameter.numel() for parameter in self.models[dropouts[0]].parameters())}

    def epoch(self, batch, steps, threads, dropout):
        """Milliseconds a step."""
        torch.set_num_threads(threads)
        self.model, self.optimizer = self.models[dropout], self.optimizers[dropout]
        self.steps(batch, 2)
        started = time.perf_counter()
        loss = self.steps(batch, steps)
        elapsed = time.perf_counter() - started
        if not torch.isfinite(loss):
            raise ArithmeticError(f"the loss became {loss.item()}")
        return elapsed * 1000 / steps

    def train(self, batch, rows, epochs, threads, dropout):
        """Seconds on the clock and of the processor, for all epochs."""
        torch.set_num_threads(threads)
        self.model, self.optimizer = self.models[dropout], self.optimizers[dropout]
        clock, processor = time.perf_counter(), time.process_time()
        for _ in range(epochs):
            loss = self.steps(batch, rows / batch)
        seconds = {"clock": time.perf_counter() - clock, "processor": time.process_time() - processor}
        if not torch.isfinite(loss):
            raise ArithmeticError(f"the loss became {loss.item()}")
        return seconds

    def steps(self, batch, steps):
        for rows in torch.randperm(int(batch * steps)).split(batch):
            self.optimizer.zero_grad()
            loss = self.loss(self.model(self.categorical[rows], self.numeric[rows]), self.labels[rows])
            loss.backward()
            self.optimizer.step()
        return loss.detach()


training = Training()
serve(["torch", "numpy"], {"prepare": training.prepare, "epoch": training.epoch, "train": training.train})
