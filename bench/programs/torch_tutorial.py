"""The tutorial in PyTorch, eager."""

import tutorial

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(tutorial.THREADS)
torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 5, padding=2)
        self.conv2 = nn.Conv2d(32, 64, 5, padding=2)
        self.dense1, self.dense2 = nn.Linear(3136, 1024), nn.Linear(1024, 10)
        for layer in self.conv1, self.conv2, self.dense1, self.dense2:
            nn.init.trunc_normal_(layer.weight, 0, 0.1, -0.2, 0.2)
            nn.init.constant_(layer.bias, 0.1)

    def forward(self, x):
        h = F.max_pool2d(F.relu(self.conv1(x.reshape(-1, 1, 28, 28))), 2)
        h = F.max_pool2d(F.relu(self.conv2(h)), 2)
        h = F.relu(self.dense1(h.flatten(1)))
        return self.dense2(F.dropout(h, 0.5, self.training))


def trained(net, optimizer):
    def train(images, labels):
        net.train()
        optimizer.zero_grad(set_to_none=True)
        logits = net(torch.from_numpy(images))
        F.cross_entropy(logits, torch.from_numpy(labels)).backward()
        optimizer.step()

    @torch.inference_mode()
    def accuracy(images, labels):
        net.eval()
        found = net(torch.from_numpy(images)).argmax(1)
        return (found == torch.from_numpy(labels).argmax(1)).float().mean().item()

    return train, accuracy


def softmax():
    net = nn.Linear(784, 10)
    nn.init.zeros_(net.weight)
    nn.init.zeros_(net.bias)
    return trained(net, torch.optim.SGD(net.parameters(), 0.5, fused=True))


def cnn():
    net = Net()
    return trained(net, torch.optim.Adam(net.parameters(), 1e-4, fused=True))


tutorial.run({"softmax": softmax, "cnn": cnn})
