"""Boards by what answers on the bus."""

import pytest

from tank_hw_driver.board.probing import probe_board, scan
from tank_hw_driver.bus.base import BusError
from tank_hw_driver.bus.model_wires import ModelWires
from tank_hw_driver.chip_model.testing import chip_model
from tank_hw_driver.hardware import board_names, load_hardware


@pytest.mark.parametrize("board", board_names())
def test_a_board_is_known_by_its_addresses_and_probing_changes_nothing(board):
    with chip_model(board) as client:
        wires = ModelWires(client.path)
        assert probe_board(wires) == board
        assert 0x70 in scan(wires)
        assert not [event for event in client.log() if event["kind"] == "i2c_write"]
        wires.close()


def test_no_board_lists_what_did_answer():
    with chip_model("pro") as client:
        wires = ModelWires(client.path)
        client.fault("absent", address=load_hardware("pro").pca9685.address)
        with pytest.raises(
            BusError,
            match=r"no board found .*only 0x68 \(the MPU6050\), 0x70 \(a PCA9685's all-call\) "
            r"answered; check that",
        ):
            probe_board(wires)
        for address in (0x68, 0x70):
            client.fault("absent", address=address)
        with pytest.raises(BusError, match="nothing answered"):
            probe_board(wires)
        client.fault("hang", seconds=60.0)
        with pytest.raises(BusError, match="hangs: a probe at 0x"):
            probe_board(wires)
        wires.close()
