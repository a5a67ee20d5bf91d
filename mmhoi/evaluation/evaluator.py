# Copyright (c) mmhoi contributors.
import logging
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Sequence

from mmengine.dist import all_gather_object
from mmengine.evaluator import BaseMetric, Evaluator
from mmengine.logging import print_log
from mmengine.structures import BaseDataElement

from .test_set_check import NothingToEvaluateError


class HOIEvaluator(Evaluator):
    """mmengine's evaluator, in which a metric that fails spares the others.

    What the other metrics compute or write is there as if nothing had
    happened. `raise_failure` then ends the program; EvaluationGuardHook calls
    it when the results have been logged.

    Args:
        metrics (dict | BaseMetric | Sequence): The metrics or their configs.

    Attributes:
        failures (dict[int, Exception]): By the index of the metric what it
            has raised first.
    """

    def __init__(self, metrics: Any) -> None:
        super().__init__(metrics)
        self.failures: Dict[int, Exception] = {}

    def see_dataset(self, dataset: Any) -> None:
        """Have metrics refuse at the start what they would refuse at the end.

        Args:
            dataset (Any): The data set that will be evaluated.

        Raises:
            NothingToEvaluateError: If this is all that is wrong.
            SetupError: If a metric cannot evaluate it or write its file.
        """
        nothing = None
        for metric in self.metrics:
            try:
                if hasattr(metric, 'see_dataset'):
                    metric.see_dataset(dataset)
            except NothingToEvaluateError as error:
                nothing = error
        if nothing is not None:
            raise nothing

    def process(self,
                data_samples: Sequence[BaseDataElement],
                data_batch: Optional[Any] = None) -> None:
        """Show a batch to all metrics that have not failed.

        Args:
            data_samples (Sequence[BaseDataElement]): Outputs of the model.
            data_batch (Any, optional): The batch from the data loader.

        Raises:
            Exception: If all metrics have failed.
        """
        samples = [
            sample.to_dict() if isinstance(sample, BaseDataElement) else sample
            for sample in data_samples
        ]
        for index, metric in enumerate(self.metrics):
            if index not in self.failures:
                self._try(index, metric.process, data_batch, samples)
        if self.failures and len(self.failures) == len(self.metrics):
            # There is nothing left that further images could add to.
            raise self.failures[0]

    def evaluate(self, size: int) -> dict:
        """Compute all metrics and write all files.

        Args:
            size (int): Number of images of the data set.

        Returns:
            dict: The measures of the metrics that have not failed.

        Raises:
            ValueError: If two metrics give a measure of the same name.
        """
        # All processes must leave out the same ones.
        failed = set().union(*all_gather_object(sorted(self.failures)))
        measures: Dict[str, Any] = {}
        for index, metric in enumerate(self.metrics):
            # In its place, since all processes wait for each other behind it.
            metric.compute_metrics = partial(self._compute, index,
                                             metric.compute_metrics, index
                                             in failed)
            try:
                found = metric.evaluate(size)
            finally:
                del metric.compute_metrics
            repeated = measures.keys() & found.keys()
            if repeated:
                raise ValueError(
                    f'two metrics give the measure {sorted(repeated)[0]}; '
                    'give one of them another `prefix`')
            measures.update(found)
        return measures

    def raise_failure(self) -> None:
        """End the program if a metric has failed.

        Raises:
            Exception: What the first metric that failed has raised.
        """
        failures = [self.failures[index] for index in sorted(self.failures)]
        self.failures = {}
        texts = sum(all_gather_object(list(map(str, failures))), [])
        if failures:
            raise failures[0]
        if texts:
            # The processes of a distributed run end together.
            raise RuntimeError(
                f'a metric failed in another process: {texts[0]}')

    def _compute(self, index: int, compute: Callable, has_failed: bool,
                 results: List[Any]) -> dict:
        """Measures of a metric, none if it fails."""
        return {} if has_failed else self._try(index, compute, results) or {}

    def _try(self, index: int, call: Callable, *args: Any) -> Any:
        """Call a metric and keep its error."""
        try:
            return call(*args)
        except Exception as error:
            self.failures[index] = error
            metric: BaseMetric = self.metrics[index]
            print_log(
                f'{type(metric).__name__} failed ({type(error).__name__}: '
                f'{error}); the other metrics go on, then the run ends',
                logger='current',
                level=logging.ERROR)
            return None
