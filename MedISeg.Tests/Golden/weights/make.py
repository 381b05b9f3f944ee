# /usr/bin/python3, PyTorch 1.13 of Debian 12
import torch, collections, argparse
torch.manual_seed(7)
a = torch.arange(30, dtype=torch.float32).reshape(2, 3, 5) / 4 - 2
sd = collections.OrderedDict([
    ("conv.weight", a), ("conv.turned", a.permute(2, 0, 1)), ("conv.part", a[1, :, 1:4]), ("half", (a[0] * 3).half()), ("brain", a[0].bfloat16()),
    ("double", a[0].double() * 1.5), ("bn.num_batches_tracked", torch.tensor(12345)), ("small", torch.tensor([-3, 4], dtype=torch.int16)),
    ("flag", torch.tensor([True, False])), ("parameter", torch.nn.Parameter(a[0, 0]))])
sd._metadata = collections.OrderedDict([("", {"version": 1})])
net = torch.nn.Conv2d(2, 3, 1); opt = torch.optim.Adam(net.parameters(), lr=0.25)
net(torch.ones(1, 2, 2, 2)).sum().backward(); opt.step()
whole = {"state_dict": sd, "args": argparse.Namespace(lr=0.1, name="x"), "epoch": 40, "big": 1 << 80, "loss": 0.25, "none": None, "optimizer": opt.state_dict()}
torch.save(whole, "nested.pth")
torch.save(whole, "nested-legacy.pth", _use_new_zipfile_serialization=False)
