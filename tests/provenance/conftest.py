import pytest
from small_workflow import Workflow, make_workflow


@pytest.fixture(scope="module")
def workflow(made_once):
    """Tests share it, and leave it alone."""
    folder, _ = made_once("small_workflow", make_workflow)
    return Workflow(folder)
