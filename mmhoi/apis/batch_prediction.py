# Copyright (c) mmhoi contributors.
"""Predictions of large collections by many processes, with Ray Data."""
import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Dict, Iterator, Optional, Sequence

from .hoi_inferencer import HOIInferencer
from .model_identity import model_identity
from .prediction_table import predictions_to_table

if TYPE_CHECKING:
    import pyarrow as pa

# So many parts for each actor keep all of them busy to the end.
PARTS_PER_ACTOR = 4


class BatchPredictor:
    """What an actor of Ray runs: it holds a model and predicts batches.

    Args:
        config (str, optional): Config file or name of a config of mmhoi;
            None for the config that the checkpoint holds.
        checkpoint (str): Checkpoint.
        device (str): `cpu`, `cuda:0`, ...
        identity (dict, optional): As of `model_identity`; what has become
            another model since is refused. Defaults to None: any model.

    Raises:
        FileNotFoundError: If config or checkpoint do not exist.
        ValueError: If a file is damaged, the checkpoint is of another model,
            or the model is not the one of `identity`.
    """

    def __init__(self,
                 config: Optional[str],
                 checkpoint: str,
                 device: str,
                 identity: Optional[Dict[str, str]] = None) -> None:
        if identity not in (None, model_identity(config, checkpoint)):
            raise ValueError(
                f'config or checkpoint "{checkpoint}" have changed since the '
                'run was started; start it again')
        self.inferencer = HOIInferencer(
            config, checkpoint, device=device, show_progress=False)

    def __call__(self, batch: 'pa.Table') -> 'pa.Table':
        """Predict the images of a batch in one pass.

        Args:
            batch (pa.Table): With a column `path` of B images.

        Returns:
            pa.Table: B rows in the same order, see `prediction_schema`; with
            an error for an image that cannot be read.
        """
        paths = batch['path'].to_pylist()
        results = self.inferencer.stream(paths, batch_size=len(paths))
        return predictions_to_table([result.prediction for result in results])


@contextmanager
def running_ray(num_actors: int,
                num_cpus: float = 1,
                num_gpus: float = 0,
                address: Optional[str] = None) -> Iterator[None]:
    """Connect to a cluster of Ray, or start Ray on this machine.

    Without dashboard and without usage statistics. At the end nothing runs
    any more, and signals go where they went before.

    Args:
        num_actors (int): Number of processes with a model.
        num_cpus (float): CPU cores of each. Defaults to 1.
        num_gpus (float): GPUs of each, 0.5 if two share one. Defaults to 0.
        address (str, optional): Of a running cluster, `auto` for that of this
            machine. Defaults to None: start Ray here.

    Raises:
        ConnectionError: If there is no cluster at the address.
        ImportError: If Ray is not installed.
        ValueError: If this machine is too small for so many actors.
    """
    # Read when Ray is imported.
    os.environ['RAY_USAGE_STATS_ENABLED'] = '0'
    import ray
    handler = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(
            address=address or 'local',
            include_dashboard=False,
            log_to_driver=False,
            logging_level='warning')
        if not address:
            # A cluster may grow on demand.
            _check_size(ray.cluster_resources(), num_actors,
                        dict(CPU=num_cpus, GPU=num_gpus))
        yield
    finally:
        ray.shutdown()
        # Ray takes it, and only the main thread may give it back.
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, handler)


def _check_size(machine: Dict[str, float], num_actors: int,
                shares: Dict[str, float]) -> None:
    """Refuse more actors than there is room for."""
    for name, wanted in shares.items():
        if num_actors * wanted > machine.get(name, 0):
            raise ValueError(
                f'{num_actors} actors with {wanted:g} {name} each need more '
                f'than the {machine.get(name, 0):g} {name} of this machine; '
                'give fewer with --num-actors or '
                f'--num-{name.lower()}s-per-actor')


def predict_images(paths: Sequence[str],
                   config: Optional[str],
                   checkpoint: str,
                   out_dir: str,
                   identity: Optional[Dict[str, str]] = None,
                   batch_size: int = 1,
                   num_actors: int = 1,
                   num_cpus: float = 1,
                   num_gpus: float = 0,
                   images_per_file: int = 256) -> None:
    """Predict images inside of :func:`running_ray`, into parquet files.

    A file is written as soon as its images are done. Images, config,
    checkpoint and folder must have the same path on all machines.

    Args:
        paths (Sequence[str]): Absolute paths or addresses of N >= 1 images.
        config (str, optional): Config file or name of a config of mmhoi;
            None for the config that the checkpoint holds.
        checkpoint (str): Checkpoint.
        out_dir (str): Folder of the files; those in it are kept.
        identity (dict, optional): As of `model_identity`, which every actor
            compares. Defaults to None.
        batch_size (int): Images in one pass. Defaults to 1.
        num_actors (int): Number of processes with a model. Defaults to 1.
        num_cpus (float): CPU cores of each. Defaults to 1.
        num_gpus (float): GPUs of each. Defaults to 0: they predict on CPU.
        images_per_file (int): Images in a file, about; fewer if there are
            less for each actor. Defaults to 256.

    Raises:
        RuntimeError: If an actor or the writing fails. Files that are
            written stay.
    """
    import ray
    size = max(
        min(images_per_file,
            len(paths) // (PARTS_PER_ACTOR * num_actors)), batch_size)
    dataset = ray.data.from_items([dict(path=path) for path in paths],
                                  override_num_blocks=max(
                                      len(paths) // size, 1))
    predicted = dataset.map_batches(
        BatchPredictor,
        fn_constructor_kwargs=dict(
            config=config,
            checkpoint=checkpoint,
            identity=identity,
            device='cuda:0' if num_gpus else 'cpu'),
        compute=ray.data.ActorPoolStrategy(
            size=num_actors, max_tasks_in_flight_per_actor=2),
        batch_size=batch_size,
        batch_format='pyarrow',
        num_cpus=num_cpus,
        num_gpus=num_gpus)
    try:
        # Writing needs no CPU of its own: else files would wait until an
        # actor gives one back, which is at the end.
        predicted.write_parquet(out_dir, ray_remote_args=dict(num_cpus=0))
    except ray.exceptions.RayError as error:
        # Tracebacks of all processes; the last line says what happened.
        raise RuntimeError(str(error).strip().splitlines()[-1]) from error
