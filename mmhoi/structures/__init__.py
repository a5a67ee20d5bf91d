# Copyright (c) mmhoi contributors.
